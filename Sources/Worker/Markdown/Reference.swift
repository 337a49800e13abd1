/// A mention of an issue or a person in running text: `#12`, `octo/hello#12`, `@octocat`.
struct Reference: Equatable {
    /// Where it stands in the text.
    let range: Range<Int>
    /// Where it leads.
    let url: [UInt8]

    private static let longestLogin = 39
    private static let longestName = 100
    private static let longestNumber = 9

    /// The first reference in `text` at or after `start`; a bare `#12` belongs to the repository at `repositoryURL`.
    static func first(in text: [UInt8], from start: Int, repositoryURL: [UInt8]) -> Reference? {
        for index in start..<text.count {
            let reference: Reference? =
                switch text[index] {
                case UInt8(ascii: "#"): issue(in: text, at: index, from: start, repositoryURL: repositoryURL)
                case UInt8(ascii: "@"): person(in: text, at: index)
                default: nil
                }
            if let reference { return reference }
        }
        return nil
    }

    private static func issue(in text: [UInt8], at hash: Int, from start: Int, repositoryURL: [UInt8]) -> Reference? {
        let digits = text[(hash + 1)...].prefix(longestNumber + 1).prefix(while: \.isDigit)
        guard (1...longestNumber).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        if digits.endIndex < text.count, text[digits.endIndex].isWord { return nil }
        if isBoundary(text, before: hash) {
            return Reference(range: hash..<digits.endIndex, url: repositoryURL + "/issues/".utf8 + digits)
        }
        guard let path = repositoryStart(in: text, endingAt: hash, from: start) else { return nil }
        let url = Array("https://github.com/".utf8) + text[path..<hash] + "/issues/".utf8 + digits
        return Reference(range: path..<digits.endIndex, url: url)
    }

    /// Where `owner/name` begins that ends right before `end`, or nil.
    private static func repositoryStart(in text: [UInt8], endingAt end: Int, from start: Int) -> Int? {
        let name = text[start..<end].suffix(longestName + 1).reversed()
            .prefix { $0.isWord || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }.count
        let slash = end - name - 1
        guard name > 0, name <= longestName, slash > start, text[slash] == UInt8(ascii: "/") else { return nil }
        let owner = text[start..<slash].suffix(longestLogin + 1).reversed()
            .prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }.count
        let begin = slash - owner
        guard owner > 0, owner <= longestLogin, text[begin] != UInt8(ascii: "-"), isBoundary(text, before: begin) else {
            return nil
        }
        return begin
    }

    /// As on GitHub: `@a/b` is a team or a package and `@a.b` a host, not a person.
    private static func person(in text: [UInt8], at sign: Int) -> Reference? {
        guard isBoundary(text, before: sign) else { return nil }
        var login = text[(sign + 1)...].prefix(longestLogin + 1).prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        guard login.count <= longestLogin, login.first?.isAlphanumeric == true else { return nil }
        while login.last == UInt8(ascii: "-") { login.removeLast() }
        let rest = text[login.endIndex...].drop { $0 == UInt8(ascii: ".") }
        if let next = rest.first {
            if next == UInt8(ascii: "/") || next == UInt8(ascii: "@") || next.isWord { return nil }
        }
        return Reference(range: sign..<login.endIndex, url: Array("https://github.com/".utf8) + login)
    }

    /// Whether a reference may begin at `index`: not inside a word, a path, an address or another reference.
    private static func isBoundary(_ text: [UInt8], before index: Int) -> Bool {
        guard index > 0 else { return true }
        let previous = text[index - 1]
        return !previous.isWord && !"/#@&=-.".utf8.contains(previous)
    }
}
