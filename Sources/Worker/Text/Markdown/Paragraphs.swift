/// The stretches of a source within which code spans and formulas may stand: paragraphs, headings, rows of tables.
enum Paragraphs {
    static func ranges(in source: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var previous: SourceLine?
        for line in SourceLines(source).lines {
            defer { previous = line }
            guard !line.isBlank, !line.isVerbatim else { continue }
            if let before = previous, !before.isBlank, !before.isVerbatim, !line.startsItem,
                before.quotes == line.quotes, let last = ranges.last
            {
                ranges[ranges.count - 1] = last.lowerBound..<line.end
            } else {
                ranges.append(line.text..<line.end)
            }
        }
        return ranges
    }
}
