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
