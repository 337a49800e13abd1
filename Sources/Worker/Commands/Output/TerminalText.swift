/// How many terminal cells text takes.
enum TextWidth {
    static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

    /// A character is as wide as its widest scalar: marks and joiners add nothing to their base.
    static func of(_ character: Character) -> Int {
        let width = character.unicodeScalars.reduce(0) { max($0, of($1)) }
        // U+FE0F turns a character that is text by default into an emoji, which is two cells wide.
        return width == 1 && character.unicodeScalars.contains("\u{FE0F}") ? 2 : width
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return isWide(scalar) ? 2 : 1
        }
    }

    /// East Asian wide and full-width blocks, and pictographs.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }

    /// Cuts text to `width` cells; `…` in the last one shows that something is missing.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var used = 0
        let kept = text.prefix { character in
            used += of(character)
            return used <= width - 1
        }
        return kept + "…"
    }

    /// Breaks text into pieces of at most `width` cells, at blanks where there are any; a tab becomes four blanks.
    static func broken(_ text: String, after width: Int) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text.replacing("\t", with: "    "))
        while of(String(rest)) > max(width, 2) {
            var used = 0
            let fitting = rest.prefix { character in
                used += of(character)
                return used <= max(width, 2)
            }
            let isWhole = rest[fitting.endIndex...].first == " "
            // A break further to the left would leave the line mostly empty.
            let blank = fitting.lastIndex { $0 == " " }.flatMap { blank in
                fitting.distance(from: fitting.startIndex, to: blank) * 2 > fitting.count ? blank : nil
            }
            let piece = isWhole ? fitting : blank.map { fitting[..<$0] } ?? fitting
            pieces.append(String(piece))
            rest = rest[piece.endIndex...]
            if rest.first == " " { rest = rest.dropFirst() }
        }
        return pieces + [String(rest)]
    }
}

extension TextWidth {
    /// Names in one column and the lines of each in the next.
    static func aligned(_ entries: [(name: String, lines: [String])]) -> [String] {
        let width = entries.map { of($0.name) }.max() ?? 0
        return entries.flatMap { entry in
            entry.lines.enumerated().map { number, line in
                (number == 0 ? entry.name : "").padding(to: width + 2) + line
            }
        }
    }
}

extension String {
    /// The text, filled up with blanks to `width` cells if it is shorter.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - TextWidth.of(self))) }
}

/// The colours that output uses, each for one meaning.
enum TextColour: Int, Sendable {
    /// Failed.
    case red = 31
    /// Lost, or to be looked at.
    case yellow = 33

    func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}

extension Int {
    /// `1 event`, `2 events`.
    func counted(_ one: String, _ many: String? = nil) -> String { "\(self) \(self == 1 ? one : many ?? "\(one)s")" }
}
