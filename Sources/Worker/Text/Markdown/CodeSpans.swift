/// Code spans in a line or paragraph: as many backticks, anything, and as many backticks again.
enum CodeSpans {
    /// Where they stand in `range` of `text`, in order, backticks included; backslashes before backticks count as text.
    static func ranges(in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        let runs = backtickRuns(in: text, range)
        guard runs.count > 1 else { return [] }
        // For each run, the next one as long; from the end, so that many backticks cost no more than others.
        var closing = [Int?](repeating: nil, count: runs.count)
        var latest: [Int: Int] = [:]
        for (number, run) in runs.enumerated().reversed() {
            closing[number] = latest[run.count]
            latest[run.count] = number
        }
        var spans: [Range<Int>] = []
        var number = 0
        while number < runs.count {
            if let end = closing[number] {
                spans.append(runs[number].lowerBound..<runs[end].upperBound)
                number = end
            }
            number += 1
        }
        return spans
    }

    private static func backtickRuns(in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var index = range.lowerBound
        while let start = text[index..<range.upperBound].firstIndex(of: UInt8(ascii: "`")) {
            index = text[start..<range.upperBound].firstIndex { $0 != UInt8(ascii: "`") } ?? range.upperBound
            runs.append(start..<index)
        }
        return runs
    }
}
