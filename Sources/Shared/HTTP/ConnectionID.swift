/// Names one connection for ever: file descriptors are used again, numbers are not.
struct ConnectionID: Sendable, Hashable {
    let descriptor: Int32
    /// From 1, within a loop; 0 is for the loop's own descriptors.
    let number: UInt32

    init(descriptor: Int32, number: UInt32) {
        self.descriptor = descriptor
        self.number = number
    }

    init(rawValue: UInt64) {
        descriptor = Int32(truncatingIfNeeded: rawValue)
        number = UInt32(truncatingIfNeeded: rawValue >> 32)
    }

    var rawValue: UInt64 { UInt64(number) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}
