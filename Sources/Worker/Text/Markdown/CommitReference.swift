import Base

/// A commit in running text: its whole SHA, alone or as `owner/name@sha` or `login@sha`.
///
/// GitHub also links the first seven digits and more, but only where there is such a commit: from the text alone a
/// number or a word such as `defaced` cannot be told from it.
struct CommitReference {
    private static let length = 40

    let range: Range<Int>
    let url: [UInt8]

    /// The first one in `text` at or after `start`.
    static func first(in text: [UInt8], from start: Int, links: LinkResolver) -> CommitReference? {
        // Looks at every fortieth byte only: forty digits in a row cannot lie between two of them.
        var probe = start + length - 1
        while probe < text.count {
            guard text[probe].isHexDigit else {
                probe += length
                continue
            }
            let begin = (text[start..<probe].lastIndex { !$0.isHexDigit } ?? start - 1) + 1
            let end = text[probe...].firstIndex { !$0.isHexDigit } ?? text.count
            if end - begin == length, let found = CommitReference(in: text, begin..<end, from: start, links: links) {
                return found
            }
            probe = end + length
        }
        return nil
    }

    /// The reference to the commit whose SHA stands at `sha`.
    private init?(in text: [UInt8], _ sha: Range<Int>, from start: Int, links: LinkResolver) {
        if sha.upperBound < text.count, text[sha.upperBound].isWord { return nil }
        let digits = text[sha]
        guard digits.contains(where: \.isDigit), digits.contains(where: \.isLetter) else { return nil }
        var repository = links.repositoryURL
        var begin = sha.lowerBound
        if begin > start, text[begin - 1] == UInt8(ascii: "@") {
            let sign = begin - 1
            if let whole = IssueReference.repositoryStart(in: text, endingAt: sign, from: start) {
                begin = whole
                repository = links.server + [UInt8(ascii: "/")] + text[whole..<sign]
            } else {
                // The fork of that person.
                let login = text[start..<sign].suffix(Login.longest + 1).reversed().prefix(while: Login.isInLogin)
                begin = sign - login.count
                guard Login(in: text, at: begin)?.end == sign, WordBoundary.isBefore(begin, in: text) else {
                    return nil
                }
                let name = links.repositoryURL.suffix(while: { $0 != UInt8(ascii: "/") })
                repository = links.server + [UInt8(ascii: "/")] + text[begin..<sign] + [UInt8(ascii: "/")] + name
            }
        } else if !WordBoundary.isBefore(begin, in: text) {
            return nil
        }
        range = begin..<sha.upperBound
        url = repository + Array("/commit/".utf8) + digits
    }
}

extension [UInt8] {
    /// The longest end all of whose bytes satisfy `belongs`.
    fileprivate func suffix(while belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        self[(lastIndex { !belongs($0) }.map { $0 + 1 } ?? startIndex)...]
    }
}
