/// Deliveries that were read from one segment, and how far that is.
struct SpoolBatch: Sendable {
    let segment: UInt64
    let deliveries: [Delivery]
    /// Where the next one begins.
    let end: Int
}
