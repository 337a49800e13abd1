/// The line that begins a code block: three backticks or tildes or more.
struct CodeFence {
    let mark: UInt8
    let count: Int

    /// The one that `text`, a line without its indentation, is.
    init?(opening text: ArraySlice<UInt8>) {
        guard let mark = text.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
        let run = text.prefix { $0 == mark }
        // With backticks behind them, they are code in a line of text.
        guard run.count >= 3, mark == UInt8(ascii: "~") || !text[run.endIndex...].contains(mark) else { return nil }
        self.mark = mark
        count = run.count
    }

    /// Whether `text`, a line without its indentation, ends the block.
    func isClosed(by text: ArraySlice<UInt8>) -> Bool {
        let run = text.prefix { $0 == mark }
        return run.count >= count && text[run.endIndex...].allSatisfy(\.isSpace)
    }
}
