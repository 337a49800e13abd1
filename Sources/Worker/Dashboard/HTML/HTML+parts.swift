import Base
import Foundation

/// How something stands, for the eye: always an icon, a word and a colour together.
enum Tone: String {
    case ok, warn, bad, run, soft

    fileprivate var icon: Icon {
        switch self {
        case .ok: .ok
        case .warn: .alert
        case .bad: .fail
        case .run: .run
        case .soft: .skip
        }
    }
}

extension HTML {
    static func status(_ word: String, _ tone: Tone, icon: Icon? = nil) -> HTML {
        "<span class=\"st \(tone.rawValue)\">\((icon ?? tone.icon).html)\(word)</span>"
    }

    /// How long ago something was, with the exact time in UTC as its title.
    static func time(_ time: Timestamp, now: Timestamp) -> HTML {
        let iso = time.description
        return #"<time datetime="\#(iso)" title="\#(exact(time))" data-ago>\#(ago(time, now: now))</time>"#
    }

    static func time(_ time: Timestamp?, now: Timestamp) -> HTML {
        time.map { Self.time($0, now: now) } ?? "<span class=\"soft\">–</span>"
    }

    /// `2026-03-02 10:30:00.25 UTC`.
    static func exact(_ time: Timestamp) -> String {
        time.description.replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    /// `12 s ago`, or `in 3 min` for a time to come; the script of the pages says the same.
    static func ago(_ time: Timestamp, now: Timestamp) -> String {
        let seconds = Double(now.microseconds - time.microseconds) / 1_000_000
        let whole = Int(abs(seconds))
        let text =
            switch whole {
            case ..<60: "\(whole) s"
            case ..<3_600: "\(whole / 60) min"
            case ..<86_400: "\(whole / 3_600) h"
            default: "\(whole / 86_400) d"
            }
        return seconds < -1 ? "in \(text)" : "\(text) ago"
    }

    /// A link to another site; only text where the address is none of the web.
    static func external(_ address: String, _ text: String) -> HTML {
        guard address.hasPrefix("https://") || address.hasPrefix("http://") else { return "\(text)" }
        return #"<a href="\#(address)" rel="noreferrer">\#(text)</a>"#
    }

    /// A box with a heading.
    static func card(_ title: String, note: HTML? = nil, _ content: HTML) -> HTML {
        let note: HTML? = note.map { "<span class=\"soft\">\($0)</span>" }
        return "<section class=\"card\"><header><h2>\(title)</h2>\(note)</header>\(content)</section>"
    }

    /// What stands where nothing is: a sentence, and what to do next.
    static func empty(_ title: String, _ next: HTML = "") -> HTML {
        "<div class=\"empty\"><strong>\(title)</strong>\(next)</div>"
    }

    /// What stands in a part of a page that this program's role in the database may not read.
    static func missingRight(_ what: String) -> HTML {
        "<p class=\"soft\">This program's role in the database may not \(what) (see sql/roles.sql).</p>"
    }

    /// A table in a box of its own that scrolls where it is too wide.
    ///
    /// With `stacks` its rows become blocks on a phone instead.
    static func table(_ name: String, _ columns: [Column], _ rows: [HTML], stacks: Bool = false) -> HTML {
        let heads = columns.map { column -> HTML in
            let content: HTML = column.isHidden ? "<span class=\"hidden\">\(column.title)</span>" : "\(column.title)"
            return "<th scope=\"col\" class=\"\(column.style)\">\(content)</th>"
        }
        let table: HTML = """
            <table class="\("rows", when: stacks)"><caption class="hidden">\(name)</caption>\
            <thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table>
            """
        return stacks
            ? table : "<div class=\"scroll\" role=\"region\" aria-label=\"\(name)\" tabindex=\"0\">\(table)</div>"
    }

    /// A column of a table: its heading, and the class of its cells in the style sheet.
    struct Column: ExpressibleByStringLiteral {
        let title: String
        var style = ""
        var isHidden = false

        init(_ title: String, _ style: String = "", isHidden: Bool = false) {
            self.title = title
            self.style = style
            self.isHidden = isHidden
        }

        init(stringLiteral title: String) { self.init(title) }

        static func number(_ title: String) -> Column { Column(title, "n") }
    }

    /// A part of the page that the stream sends anew; one that is `held` waits while somebody points at it.
    static func live(_ id: String, held: Bool = false, _ content: HTML) -> HTML {
        "<div id=\"\(id)\"\(" data-hold", when: held)>\(content)</div>"
    }

    /// Names and values beneath each other.
    static func facts(_ facts: [(name: String, value: HTML?)]) -> HTML {
        let lines = facts.compactMap { fact in
            fact.value.map { value -> HTML in "<dt>\(fact.name)</dt><dd>\(value)</dd>" }
        }
        return "<dl class=\"facts\">\(lines)</dl>"
    }

    /// One large number, and what it counts.
    static func figure(_ name: String, _ value: HTML, _ note: HTML? = nil) -> HTML {
        let note: HTML? = note.map { "<small>\($0)</small>" }
        return "<div><dt>\(name)</dt><dd>\(value)\(note)</dd></div>"
    }
}
