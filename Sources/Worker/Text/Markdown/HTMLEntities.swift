import Base

/// Character references (`&amp;`, `&#35;`, `&#x22;`) to UTF-8.
enum HTMLEntities {
    /// The longest name md4c reports, and longer than any in the standard: bounds the look for a semicolon.
    private static let longest = 48

    /// Appends `bytes` to `output` with every known reference replaced; an unknown one stays as written.
    static func decode(_ bytes: some RandomAccessCollection<UInt8>, into output: inout [UInt8]) {
        var rest = bytes[...]
        while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
            output.append(contentsOf: rest[..<ampersand])
            rest = rest[ampersand...]
            if let end = rest.prefix(longest + 2).firstIndex(of: UInt8(ascii: ";")),
                let value = value(of: rest[rest.index(after: ampersand)..<end])
            {
                output.append(contentsOf: value)
                rest = rest[rest.index(after: end)...]
            } else {
                output.append(UInt8(ascii: "&"))
                rest = rest.dropFirst()
            }
        }
        output.append(contentsOf: rest)
    }

    /// The bytes a reference stands for, or nil when `name` (what is between `&` and `;`) is none.
    private static func value(of name: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        guard name.first == UInt8(ascii: "#") else {
            return HTMLEntityNames.values[String(decoding: name, as: UTF8.self)]
        }
        let digits = name.dropFirst()
        let isHex = digits.first.map { $0 | 0x20 } == UInt8(ascii: "x")
        let text = String(decoding: isHex ? digits.dropFirst() : digits, as: UTF8.self)
        guard !text.isEmpty, text.utf8.count <= 8, text.utf8.allSatisfy({ $0.isHexDigit && (isHex || $0.isDigit) })
        else {
            return nil
        }
        // Zero, surrogates and numbers beyond Unicode become the replacement character, as CommonMark says.
        let number = UInt32(text, radix: isHex ? 16 : 10) ?? 0
        let scalar = number == 0 ? "\u{FFFD}" : Unicode.Scalar(number) ?? "\u{FFFD}"
        return Array(String(Character(scalar)).utf8)
    }
}

/// Tables of characters that have names, as the sources of this program hold them.
enum NamedCharacters {
    /// The UTF-8 bytes by name; `list` holds `name=scalars in hex,…` with white space between.
    static func values(in list: String) -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        for pair in list.split(whereSeparator: \.isWhitespace) {
            let halves = pair.split(separator: "=")
            let scalars = halves[1].split(separator: ",").compactMap {
                UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
            }
            values[String(halves[0])] = Array(String(String.UnicodeScalarView(scalars)).utf8)
        }
        return values
    }
}
