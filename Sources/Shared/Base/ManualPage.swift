/// A page for `man`, in the language of troff.
package struct ManualPage: Sendable {
    package let name: String
    package private(set) var lines: [String]

    /// `summary` is what apropos(1) shows beside the name.
    package init(_ name: String, summary: String) {
        self.name = name
        lines = [
            // Without a date: the same program prints the same page.
            ".TH \"\(Self.escaped(name.uppercased()))\" 8 \"\" \"plane\\-github\\-sync \(Version.current)\"",
            // Neither words nor options are torn apart, and blanks stay as wide as they are.
            ".nh", ".ad l",
            ".SH NAME", "\(Self.escaped(name)) \\- \(Self.escaped(summary))",
        ]
    }

    package mutating func section(_ title: String) { lines.append(".SH \"\(Self.escaped(title))\"") }

    /// Paragraphs with blank lines between them.
    ///
    /// Their lines are filled, but those that begin with two blanks stay as they are, as in a table.
    package mutating func text(_ text: [String]) {
        var isKept = false
        for line in text {
            let keeps = line.hasPrefix("  ")
            if keeps != isKept { lines.append(keeps ? ".nf" : ".fi") }
            isKept = keeps
            lines.append(line.isEmpty ? ".PP" : Self.line(line))
        }
        if isKept { lines.append(".fi") }
    }

    /// Lines that stay as they are.
    package mutating func kept(_ text: [String]) { lines += [".nf"] + text.map(Self.line) + [".fi"] }

    /// Names in bold, with what they mean below.
    package mutating func list(_ entries: [(name: String, meaning: String)]) {
        for entry in entries {
            lines += [".TP", "\\fB\(Self.escaped(entry.name))\\fR"]
            lines += entry.meaning.split(separator: "\n").map { Self.line(String($0)) }
        }
    }

    /// Text at the beginning of a line, where troff looks for its own words.
    private static func line(_ text: String) -> String {
        text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(escaped(text))" : escaped(text)
    }

    /// Characters that troff gives a meaning, or prints as others that cannot be copied into a shell.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "\"": result += "\\(dq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            default: result.append(character)
            }
        }
    }
}
