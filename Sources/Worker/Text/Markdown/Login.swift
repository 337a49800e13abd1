import Base

/// The login of a GitHub user in running text.
///
/// Letters, digits and hyphens; that of a user whom a company manages ends with an underscore and the company's code.
struct Login {
    static let longest = 39
    private static let codeLengths = 3...8

    /// Where the text goes on.
    let end: Int

    /// The one that begins at `start`.
    init?(in text: [UInt8], at start: Int) {
        var name = text[start...].prefix(Self.longest + 1).prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        guard name.count <= Self.longest, name.first?.isAlphanumeric == true else { return nil }
        if name.endIndex < text.count, text[name.endIndex] == UInt8(ascii: "_") {
            let code = text[(name.endIndex + 1)...].prefix(Self.codeLengths.upperBound + 1).prefix(
                while: \.isAlphanumeric
            )
            guard Self.codeLengths.contains(code.count), code.endIndex - start <= Self.longest,
                code.endIndex == text.count || !text[code.endIndex].isWord
            else { return nil }
            end = code.endIndex
        } else {
            while name.last == UInt8(ascii: "-") { name.removeLast() }
            end = name.endIndex
        }
    }

    static func isInLogin(_ byte: UInt8) -> Bool { byte.isWord || byte == UInt8(ascii: "-") }
}
