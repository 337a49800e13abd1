/// The body of a form-encoded delivery.
enum Form {
    struct Problem: Error, Equatable {
        let description: String

        static let encoding = Problem(description: "The form holds a % that is not followed by two hex digits.")
        static let field = Problem(description: "The form must have exactly one field named payload.")
    }

    /// The decoded bytes of the one `payload` field; other fields are passed over.
    static func payload(in body: [UInt8]) throws(Problem) -> [UInt8] {
        var payload: ArraySlice<UInt8>?
        for field in body.split(separator: UInt8(ascii: "&")) {
            let end = field.firstIndex(of: UInt8(ascii: "=")) ?? field.endIndex
            guard try decoded(field[..<end]).elementsEqual("payload".utf8) else { continue }
            guard payload == nil else { throw .field }
            payload = field[end...].dropFirst()
        }
        guard let payload else { throw .field }
        return try decoded(payload)
    }

    private static func decoded(_ text: ArraySlice<UInt8>) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            switch text[position] {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard position + 2 < text.endIndex, let high = digit(text[position + 1]),
                    let low = digit(text[position + 2])
                else { throw .encoding }
                bytes.append(high << 4 | low)
                position += 2
            case let byte:
                bytes.append(byte)
            }
            position += 1
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
