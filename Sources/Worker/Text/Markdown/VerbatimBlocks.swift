import Base

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

/// What CommonMark calls an HTML block: lines that stay as they are until a certain end.
enum HTMLBlock {
    enum End: Equatable {
        case blankLine
        /// The line in which this stands, in whatever case.
        case mark([UInt8])
    }

    /// Where the block ends that `text`, a line without its indentation, begins; nil if it begins none.
    ///
    /// After a line of text, only the tags of block elements begin one.
    static func end(ofBlockOpenedBy text: ArraySlice<UInt8>, isAfterText: Bool) -> End? {
        guard text.first == UInt8(ascii: "<") else { return nil }
        let behind = text.dropFirst()
        switch behind.first {
        case UInt8(ascii: "!"):
            if behind.starts(with: "!--".utf8) { return .mark(Array("-->".utf8)) }
            if behind.starts(with: "![CDATA[".utf8) { return .mark(Array("]]>".utf8)) }
            return behind.dropFirst().first?.isLetter == true ? .mark([UInt8(ascii: ">")]) : nil
        case UInt8(ascii: "?"): return .mark(Array("?>".utf8))
        default: break
        }
        let isEndTag = behind.first == UInt8(ascii: "/")
        let tag = isEndTag ? behind.dropFirst() : behind
        let name = tag.prefix(longestName + 1).prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        let rest = tag[name.endIndex...]
        guard name.first?.isLetter == true, name.count <= longestName else { return nil }
        guard rest.first.map({ $0.isSpace || "/>".utf8.contains($0) }) ?? true else { return nil }
        if !isEndTag, isRawText(name) {
            return .mark(Array("</".utf8) + name.map(\.lowercased) + [UInt8(ascii: ">")])
        }
        if names.contains(String(decoding: name.map(\.lowercased), as: UTF8.self)) { return .blankLine }
        return !isAfterText && isAlone(rest) ? .blankLine : nil
    }

    /// Whether the content of an element of this name is not HTML, or keeps its line breaks.
    static func isRawText(_ name: ArraySlice<UInt8>) -> Bool {
        name.spells("pre") || name.spells("script") || name.spells("style") || name.spells("textarea")
    }

    /// Whether nothing but the end of the tag follows its name in the line.
    private static func isAlone(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")), !rest[..<end].contains(UInt8(ascii: "<")) else {
            return false
        }
        return rest[(end + 1)...].allSatisfy(\.isSpace)
    }

    private static let longestName = 32

    /// The elements whose tags begin a block wherever they begin a line.
    private static let names = Set(
        """
        address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt \
        fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link \
        main menu menuitem nav noframes ol optgroup option p param section source summary table tbody td tfoot th thead \
        title tr track ul
        """.split(separator: " ").map(String.init)
    )
}
