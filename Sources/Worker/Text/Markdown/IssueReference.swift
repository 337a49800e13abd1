import Base

/// A mention of an issue in running text: `#12`, `octo/hello#12`.
struct IssueReference {
    /// Where `owner/name` stands; nil when only a number is given.
    let repository: Range<Int>?
    /// Where `#` stands.
    let hash: Int
    let number: IssueNumber

    private static let longestName = 100

    /// Where it stands in the text.
    var range: Range<Int> { (repository?.lowerBound ?? hash)..<number.end }

    /// The reference around the `#` at `hash`, or nil; nothing before `start` belongs to it.
    init?(in text: [UInt8], around hash: Int, from start: Int) {
        guard let number = IssueNumber(in: text, at: hash + 1) else { return nil }
        if number.end < text.count, text[number.end].isWord { return nil }
        if WordBoundary.isBefore(hash, in: text) {
            repository = nil
        } else if let begin = Self.repositoryStart(in: text, endingAt: hash, from: start) {
            repository = begin..<hash
        } else {
            return nil
        }
        self.hash = hash
        self.number = number
    }

    /// Where `owner/name` begins that ends right before `end`, or nil.
    static func repositoryStart(in text: [UInt8], endingAt end: Int, from start: Int) -> Int? {
        let name = text[start..<end].suffix(longestName + 1).reversed().prefix(while: isInName).count
        let slash = end - name - 1
        guard name > 0, name <= longestName, slash > start, text[slash] == UInt8(ascii: "/") else { return nil }
        let owner = text[start..<slash].suffix(Login.longest + 1).reversed().prefix(while: Login.isInLogin).count
        let begin = slash - owner
        guard Login(in: text, at: begin)?.end == slash, WordBoundary.isBefore(begin, in: text) else { return nil }
        return begin
    }

    /// Where `owner/name` ends that begins at `start`, or nil.
    static func repositoryEnd(in text: [UInt8], startingAt start: Int) -> Int? {
        guard let slash = Login(in: text, at: start)?.end, slash < text.count, text[slash] == UInt8(ascii: "/") else {
            return nil
        }
        let name = text[(slash + 1)...].prefix(longestName + 1).prefix(while: isInName)
        return (1...longestName).contains(name.count) ? name.endIndex : nil
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        byte.isWord || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}

/// The number of an issue as it is written: 1 to 2,147,483,647, without leading zeros.
struct IssueNumber {
    let value: Int32
    /// Where the text goes on.
    let end: Int

    private static let longest = 10

    /// The number that begins at `start` and ends where its digits do; nil if there is none or it is none of these.
    init?(in text: [UInt8], at start: Int) {
        let digits = text[start...].prefix(Self.longest + 1).prefix(while: \.isDigit)
        guard digits.count <= Self.longest, let first = digits.first, first != UInt8(ascii: "0"),
            let value = Int32(String(decoding: digits, as: UTF8.self))
        else { return nil }
        self.value = value
        end = digits.endIndex
    }
}
