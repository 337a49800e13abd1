/// A title, of whose Markdown GitHub shows code spans only.
enum TitleText {
    /// `title` with its code spans taken out.
    static func withoutCode(_ title: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var copied = 0
        for span in CodeSpans.ranges(in: title, title.indices) {
            text.append(contentsOf: title[copied..<span.lowerBound])
            text.append(MentionText.barrier)
            copied = span.upperBound
        }
        text.append(contentsOf: title[copied...])
        return text
    }
}
