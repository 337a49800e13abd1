/// Makes text that somebody else wrote safe to print on a terminal.
///
/// Control characters could move the cursor or change the window's title, and bidirectional overrides could show other
/// words than the text has. Each is written as JSON's escape of it, so that JSON text still means the same.
package enum Printable {
    /// One line: line breaks and tabs are escaped too.
    package static func line(_ text: String) -> String { escaped(text, keeping: "") }

    /// Several lines: line feeds and tabs stay.
    package static func block(_ text: String) -> String { escaped(text, keeping: "\n\t") }

    private static func escaped(_ text: String, keeping kept: String) -> String {
        let isClean = text.unicodeScalars.allSatisfy { isSafe($0) || kept.unicodeScalars.contains($0) }
        guard !isClean else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isSafe(scalar) || kept.unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += escape(scalar)
            }
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        return String(scalar).utf16.map { unit in
            let hex = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }.joined()
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return false
        // Emoji and several scripts need joiners; the other format characters can hide or reorder text.
        case .format: return scalar.value == 0x200C || scalar.value == 0x200D
        default: return true
        }
    }
}
