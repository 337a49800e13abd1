import Base

/// The issues that the name of a branch mentions; a branch never closes one.
///
/// GitHub's own "create a branch" makes `12-some-slug`, perhaps behind a slash. People write `issue-12`, `issues/12`
/// and `#12` too. `gh-12-slug` has Plane's number.
struct BranchMentions {
    private let name: [UInt8]

    init(_ name: String) {
        self.name = Array(name.utf8)
    }

    func collect(into mentions: inout MentionList) {
        var index = 0
        while index < name.count {
            if let number = issueNumber(at: index) {
                mentions.add(.github(repository: mentions.repository, number: Int64(number.value)), closes: false)
                index = number.end
            } else if isWordStart(index),
                let found = PlaneReference(anywhereIn: name, at: index, where: \.isAlphanumeric),
                endsWord(found.end)
            {
                mentions.add(found.target, closes: false)
                index = found.end
            } else {
                index += 1
            }
        }
    }

    private func issueNumber(at index: Int) -> IssueNumber? {
        if name[index] == UInt8(ascii: "#") { return number(at: index + 1) }
        guard isWordStart(index) else { return nil }
        if name[index].isDigit {
            guard index == 0 || name[index - 1] == UInt8(ascii: "/"), let number = number(at: index),
                isSlug(at: number.end)
            else { return nil }
            return number
        }
        let word = name[index...].prefix(7).prefix(while: \.isLetter)
        guard ["issue", "issues"].contains(String(decoding: word.map(\.lowercased), as: UTF8.self)),
            word.endIndex < name.count, "-/_".utf8.contains(name[word.endIndex])
        else { return nil }
        return number(at: word.endIndex + 1)
    }

    /// A number that no letter or digit follows.
    private func number(at index: Int) -> IssueNumber? {
        guard let number = IssueNumber(in: name, at: index) else { return nil }
        return endsWord(number.end) ? number : nil
    }

    /// Whether a dash and a slug stand at `index`; the rest of a date or version (`2024-01-15`) is no slug.
    private func isSlug(at index: Int) -> Bool {
        guard index + 1 < name.count, name[index] == UInt8(ascii: "-"), name[index + 1] != UInt8(ascii: "/") else {
            return false
        }
        let rest = name[(index + 1)...].drop(while: \.isDigit)
        guard rest.startIndex > index + 1 else { return true }
        return rest.first?.isWord ?? false
    }

    private func endsWord(_ index: Int) -> Bool { index == name.count || !name[index].isAlphanumeric }

    /// Whether a word may begin at `index`.
    private func isWordStart(_ index: Int) -> Bool {
        index == 0 || (!name[index - 1].isAlphanumeric && name[index].isAlphanumeric)
    }
}
