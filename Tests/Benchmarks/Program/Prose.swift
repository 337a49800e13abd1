/// Text of the kind people write into issues: Markdown, some of it code and lists.
enum Prose {
    private static let words = """
        the parser reader writer cache queue worker request answer header body signature stream buffer timeout retry
        fails returns keeps drops blocks waits when after before while because although with without under over on a
        an empty large second stale broken missing expected wrong slow version release configuration file directory
        page button list search label comment issue project member connection server client message value error log
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static func title(using random: inout SplitMix64) -> String {
        sentence(5...11, using: &random)
    }

    /// - Returns: about as many bytes as asked for, as it stands in JSON: line ends escaped, nothing else to escape.
    static func text(_ sizes: ClosedRange<Int>, using random: inout SplitMix64) -> String {
        let size = Int.random(in: sizes, using: &random)
        var text = ""
        while text.utf8.count < size {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: text += "## \(sentence(2...5, using: &random))\\r\\n\\r\\n"
            case 1: text += (0..<4).map { _ in "- \(sentence(3...9, using: &random))\\r\\n" }.joined() + "\\r\\n"
            case 2:
                text +=
                    "```swift\\r\\nlet value = try \(word(&random))(\(word(&random)): 3)\\r\\nprint(value)\\r\\n```\\r\\n\\r\\n"
            case 3:
                text +=
                    "See #\(Int.random(in: 1...900, using: &random)) and `\(word(&random))`, **\(word(&random))**.\\r\\n\\r\\n"
            default: text += sentence(20...60, using: &random) + ".\\r\\n\\r\\n"
            }
        }
        return text
    }

    private static func word(_ random: inout SplitMix64) -> String {
        words[Int.random(in: 0..<words.count, using: &random)]
    }

    private static func sentence(_ length: ClosedRange<Int>, using random: inout SplitMix64) -> String {
        (0..<Int.random(in: length, using: &random)).map { _ in word(&random) }.joined(separator: " ")
    }
}
