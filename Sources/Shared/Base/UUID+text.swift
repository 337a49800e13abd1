import Foundation

/// Foundation prints and reads UUIDs with C's formatted input and output, which took noticeable time in a worker.
extension UUID {
    /// Lower case with hyphens, the form PostgreSQL prints and Plane hashes.
    package var text: String {
        withUnsafeBytes(of: uuid) { bytes in
            String(unsafeUninitializedCapacity: Self.textLength) { text in
                var position = 0
                for (index, byte) in bytes.enumerated() {
                    if Self.hasHyphen(before: index) {
                        text[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    text[position] = .hexDigit(of: byte >> 4)
                    text[position + 1] = .hexDigit(of: byte & 15)
                    position += 2
                }
                return position
            }
        }
    }

    /// Reads that form only, in either case.
    package init?(text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.textLength else { return nil }
        var uuid: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isRead = withUnsafeMutableBytes(of: &uuid) { bytes in
            var position = 0
            for index in bytes.indices {
                if Self.hasHyphen(before: index) {
                    guard text[position] == UInt8(ascii: "-") else { return false }
                    position += 1
                }
                guard let high = text[position].hexValue, let low = text[position + 1].hexValue else { return false }
                bytes[index] = high << 4 | low
                position += 2
            }
            return true
        }
        guard isRead else { return nil }
        self.init(uuid: uuid)
    }

    private static let textLength = 36

    private static func hasHyphen(before index: Int) -> Bool { index == 4 || index == 6 || index == 8 || index == 10 }
}
