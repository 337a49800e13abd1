import Base
import JSON

/// A page: what it shows, and the same figures for programs.
struct Page: Sendable {
    var status = 200
    let title: String
    /// The entry of the navigation that it belongs to.
    let section: Section?
    /// Whether it has fragments that the stream sends anew.
    var isLive = false
    /// What stands between the navigation and the end, the heading included.
    let content: HTML
    let json: JSONValue

    init(
        _ title: String,
        in section: Section?,
        status: Int = 200,
        isLive: Bool = false,
        json: JSONValue = .null,
        _ content: HTML
    ) {
        self.title = title
        self.section = section
        self.status = status
        self.isLive = isLive
        self.json = json
        self.content = content
    }

    /// The whole document; a browser loads it again after `refresh` seconds.
    func document(for visitor: Visitor, on site: Site, now: Timestamp, refresh: Int?) -> HTML {
        let entries = Section.allCases.map { entry -> HTML in
            let current: HTML = entry == section ? " aria-current=\"page\"" : ""
            return """
                <li><a href="\(site.link(entry.path))"\(current)>\(entry.icon.html)\(entry.name)</a></li>
                """
        }
        let reload = refresh.map { seconds -> HTML in "<meta http-equiv=\"refresh\" content=\"\(seconds)\">" }
        let live: HTML = isLive ? " data-live=\"\(site.link("/live"))\"" : ""
        let who: HTML =
            visitor.isSignedIn
            ? "\(visitor.name)<br>\(visitor.role.word)" : "Nobody has to sign in.<br>You may look."
        let state: HTML = isLive ? "<br><span id=\"live\"></span>" : ""
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(title) · Plane GitHub sync</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">\(reload)
            <link rel="icon" href="\(Self.picture)">
            <link rel="stylesheet" href="\(site.link(Asset.style.path))">
            <script src="\(site.link(Asset.script.path))" defer></script></head>
            <body data-now="\(now.description)"\(live)>\(Icon.sprite)
            <a class="skip" href="#main">Skip to content</a><div class="frame">
            <header class="side"><a class="brand" href="\(site.link("/"))">\(Icon.brand.html)Plane GitHub sync</a>
            <nav aria-label="Pages"><ul>\(entries)</ul></nav><p class="who">\(who)\(state)</p></header>
            <main id="main">\(content)</main></div></body></html>
            """
    }

    /// Two arrows on the accent, for the tab of a browser.
    private static let picture = """
        data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' \
        height='16' rx='4' fill='%235a5fd6'/%3E%3Cpath d='M4 6h6.5L9 4.2M12 10H5.5L7 11.8' fill='none' stroke='%23fff' \
        stroke-width='1.5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E
        """
}

/// Why a page cannot be shown: a heading and a sentence in its place.
struct PageProblem: Error, Equatable {
    let status: Int
    let title: String
    let sentence: String

    static let notFound = PageProblem(404, "Nothing here", "There is no page at this address.")

    init(_ status: Int, _ title: String, _ sentence: String) {
        self.status = status
        self.title = title
        self.sentence = sentence
    }

    /// A line of the command line as a sentence.
    static func sentence(_ line: String) -> String { line.prefix(1).uppercased() + line.dropFirst() + "." }

    func page(on site: Site) -> Page {
        Page(
            title,
            in: nil,
            status: status,
            json: .object(["error": .string(title), "detail": .string(sentence)]),
            """
            <h1>\(title)</h1><section class="card"><p>\(sentence)</p>\
            <p><a href="\(site.link("/"))">Back to the overview</a></p></section>
            """
        )
    }
}
