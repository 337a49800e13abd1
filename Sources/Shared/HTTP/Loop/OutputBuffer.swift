/// Bytes that wait for a socket to take them.
struct OutputBuffer: Sendable {
    private var bytes: [UInt8] = []
    /// What comes before this in `bytes` has been taken.
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: [UInt8]) { append { $0.append(contentsOf: more) } }

    /// Appends what `body` writes at the end of the array it is given.
    mutating func append(_ body: (inout [UInt8]) -> Void) {
        if start > 0 {
            bytes.removeSubrange(..<start)
            start = 0
        }
        // Most answers fit.
        if bytes.capacity == 0 { bytes.reserveCapacity(512) }
        body(&bytes)
    }

    mutating func removeFirst(_ count: Int) {
        start += count
        guard isEmpty else { return }
        start = 0
        // The room of an ordinary answer is used again, that of a large one is not held.
        if bytes.capacity <= 4096 { bytes.removeAll(keepingCapacity: true) } else { bytes = [] }
    }

    func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }
}
