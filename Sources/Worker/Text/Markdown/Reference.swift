import Base
import GitHub

/// A mention of an issue, a person or a team in running text: `#12`, `octo/hello#12`, `@octocat`.
struct Reference {
    /// Where it stands in the text.
    let range: Range<Int>
    /// Where it leads.
    let url: [UInt8]

    /// No repository comes near; longer ones are other numbers.
    private static let highestNumber: Int32 = 999_999_999

    /// The issue around the `#` at `hash`; a bare `#12` belongs to the repository of the text.
    static func issue(in text: [UInt8], at hash: Int, from start: Int, links: LinkResolver) -> Reference? {
        guard let issue = IssueReference(in: text, around: hash, from: start), issue.number.value <= highestNumber
        else {
            return nil
        }
        var url: [UInt8] = []
        url.reserveCapacity(links.repositoryURL.count + 160)
        if let repository = issue.repository {
            url.append(contentsOf: links.server)
            url.append(UInt8(ascii: "/"))
            url.append(contentsOf: text[repository])
        } else {
            url.append(contentsOf: links.repositoryURL)
        }
        url.append(contentsOf: "/issues/".utf8)
        url.append(contentsOf: text[(hash + 1)..<issue.number.end])
        return Reference(range: issue.range, url: url)
    }

    /// The person or team behind the `@` at `sign`.
    ///
    /// As on GitHub, `@a.b` is a host. `@a/b` is a team only where `a` owns the repository: elsewhere it is rather a
    /// package, and GitHub looks up which teams there are.
    static func person(in text: [UInt8], at sign: Int, links: LinkResolver) -> Reference? {
        guard WordBoundary.isBefore(sign, in: text), let login = Login(in: text, at: sign + 1) else { return nil }
        var end = login.end
        var path = Array("/".utf8) + text[(sign + 1)..<end]
        if end < text.count, text[end] == UInt8(ascii: "/") {
            let owner = links.context.repository.fullName.utf8.prefix { $0 != UInt8(ascii: "/") }
            let team = text[(end + 1)...].prefix(101).prefix { $0.isWord || $0 == UInt8(ascii: "-") }
            guard (1...100).contains(team.count), team.last?.isAlphanumeric == true,
                text[(sign + 1)..<end].elementsEqual(owner, by: { $0.lowercased == $1.lowercased })
            else { return nil }
            path = Array("/orgs".utf8) + path + Array("/teams/".utf8) + team
            end = team.endIndex
        }
        let rest = text[end...].drop { $0 == UInt8(ascii: ".") }
        if let next = rest.first {
            if next == UInt8(ascii: "/") || next == UInt8(ascii: "@") || next.isWord { return nil }
        }
        return Reference(range: sign..<end, url: links.server + path)
    }
}

/// Decides where in running text a reference may begin.
enum WordBoundary {
    /// Whether one may begin at `index`: not inside a word, a path, an address or another reference.
    static func isBefore(_ index: Int, in text: [UInt8]) -> Bool {
        guard index > 0 else { return true }
        let previous = text[index - 1]
        return !previous.isWord && !belongsToAddress(previous)
    }

    private static func belongsToAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "&"), UInt8(ascii: "="),
            UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
