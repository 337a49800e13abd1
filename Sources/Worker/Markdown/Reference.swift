/// A mention of an issue or a person in running text: `#12`, `octo/hello#12`, `@octocat`.
struct Reference: Equatable {
    /// Where it stands in the text.
    let range: Range<Int>
    /// Where it leads.
    let url: [UInt8]

    private static let longestLogin = 39
    /// No repository comes near; longer ones are other numbers.
    private static let highestNumber: Int32 = 999_999_999

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
        guard let issue = IssueReference(in: text, around: hash, from: start), issue.number.value <= highestNumber
        else {
            return nil
        }
        var url: [UInt8] = []
        url.reserveCapacity(repositoryURL.count + 160)
        if let repository = issue.repository {
            url.append(contentsOf: "https://github.com/".utf8)
            url.append(contentsOf: text[repository])
        } else {
            url.append(contentsOf: repositoryURL)
        }
        url.append(contentsOf: "/issues/".utf8)
        url.append(contentsOf: text[(hash + 1)..<issue.number.end])
        return Reference(range: issue.range, url: url)
    }

    /// As on GitHub: `@a/b` is a team or a package and `@a.b` a host, not a person.
    private static func person(in text: [UInt8], at sign: Int) -> Reference? {
        guard WordBoundary.isBefore(sign, in: text) else { return nil }
        var login = text[(sign + 1)...].prefix(longestLogin + 1).prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        guard login.count <= longestLogin, login.first?.isAlphanumeric == true else { return nil }
        while login.last == UInt8(ascii: "-") { login.removeLast() }
        let rest = text[login.endIndex...].drop { $0 == UInt8(ascii: ".") }
        if let next = rest.first {
            if next == UInt8(ascii: "/") || next == UInt8(ascii: "@") || next.isWord { return nil }
        }
        return Reference(range: sign..<login.endIndex, url: Array("https://github.com/".utf8) + login)
    }
}
