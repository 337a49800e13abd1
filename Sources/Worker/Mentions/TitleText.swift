/// A title, of whose Markdown GitHub shows code spans only.
enum TitleText {
    /// `title` with its code spans taken out: as many backticks, anything, and as many backticks again.
    static func withoutCode(_ title: [UInt8]) -> [UInt8] {
        let runs = backtickRuns(title)
        // For each run, the next one as long; from the end, so that long titles of backticks cost no more than others.
        var closing = [Int?](repeating: nil, count: runs.count)
        var latest: [Int: Int] = [:]
        for (number, run) in runs.enumerated().reversed() {
            closing[number] = latest[run.count]
            latest[run.count] = number
        }
        var text: [UInt8] = []
        var copied = 0
        var number = 0
        while number < runs.count {
            if let end = closing[number] {
                text.append(contentsOf: title[copied..<runs[number].lowerBound])
                text.append(MentionText.barrier)
                copied = runs[end].upperBound
                number = end
            }
            number += 1
        }
        text.append(contentsOf: title[copied...])
        return text
    }

    private static func backtickRuns(_ title: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (index, byte) in title.enumerated() where byte == UInt8(ascii: "`") {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }
}
