import Base

/// The body of a form-encoded delivery.
enum Form {
    struct Problem: Error, Equatable {
        let description: String

        static let encoding = Problem(description: "The form holds a % that is not followed by two hex digits.")
        static let field = Problem(description: "The form must have exactly one field named payload.")
        static let json = Problem(description: "The body is JSON, and Content-Type says that it is a form.")
    }

    /// Space, tab and the ends of lines, which may stand before the brace.
    private static let jsonSpace: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]

    /// The decoded bytes of the one `payload` field; other fields are passed over.
    ///
    /// The content type is not signed. Whoever has a signed JSON body whose text holds `&payload=`, which anybody may
    /// write into an issue, must not have that text read as the delivery; a form would escape the brace.
    static func payload(in body: [UInt8]) throws(Problem) -> [UInt8] {
        guard body.first(where: { !jsonSpace.contains($0) }) != UInt8(ascii: "{") else { throw .json }
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
                guard position + 2 < text.endIndex, let high = text[position + 1].hexValue,
                    let low = text[position + 2].hexValue
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
}
