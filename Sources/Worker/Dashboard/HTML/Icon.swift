/// The drawings that stand beside words; each is in the page once and is referred to.
enum Icon: String, CaseIterable {
    case brand, home, list, alert, repository, job, out, people, chart, issue
    case wait, run, ok, fail, skip

    var html: HTML { "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-\(rawValue)\"/></svg>" }

    /// In the colour of a tone.
    func html(_ tone: Tone) -> HTML {
        "<svg class=\"i \(tone.rawValue)\" aria-hidden=\"true\"><use href=\"#i-\(rawValue)\"/></svg>"
    }

    private var drawing: HTML {
        switch self {
        case .brand: #"<path d="M2.5 5h9l-2-2.5M13.5 11h-9l2 2.5"/>"#
        case .home: #"<path d="M2 9.5a6 6 0 1 1 12 0M8 9.5l3-3M4 13h8"/>"#
        case .list: #"<path d="M6 4h8M6 8h8M6 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01"/>"#
        case .alert: #"<path d="M8 2.5 14.5 13.5h-13zM8 6.5v3M8 11.5h.01"/>"#
        case .repository: #"<path d="M4 13.5V3.5a1 1 0 0 1 1-1h8v11H5a1.5 1.5 0 0 1 0-3h8"/>"#
        case .job: #"<path d="M8 2v8M5 7.5 8 10.5l3-3M2.5 13.5h11"/>"#
        case .out: #"<path d="M2.5 13.5v-4a2 2 0 0 1 2-2h8M9.5 4.5l3 3-3 3"/>"#
        case .people:
            #"<circle cx="6" cy="5.5" r="2.5"/><path d="M1.5 13.5a4.5 4.5 0 0 1 9 0M11 3.3a2.5 2.5 0 0 1 0 4.4M12.5 10a4.5 4.5 0 0 1 2 3.5"/>"#
        case .chart: #"<path d="M2.5 13.5h11M4.5 13V8M8 13V3M11.5 13V6"/>"#
        case .issue: #"<circle cx="8" cy="8" r="6"/><path d="M8 5v3l2 2"/>"#
        case .wait: #"<circle cx="8" cy="8" r="6" stroke-dasharray="2.4 2.3"/>"#
        case .run: #"<circle cx="8" cy="8" r="6"/><path d="M8 5a3 3 0 0 1 0 6z" fill="currentColor"/>"#
        case .ok: #"<circle cx="8" cy="8" r="6"/><path d="m5.4 8.2 1.8 1.8 3.4-3.8"/>"#
        case .fail: #"<circle cx="8" cy="8" r="6"/><path d="m6 6 4 4M10 6l-4 4"/>"#
        case .skip: #"<circle cx="8" cy="8" r="6"/><path d="M5.5 8h5"/>"#
        }
    }

    /// All drawings, for the beginning of a page.
    static let sprite: HTML = {
        let symbols = allCases.map { icon -> HTML in
            "<symbol id=\"i-\(icon.rawValue)\" viewBox=\"0 0 16 16\">\(icon.drawing)</symbol>"
        }
        return "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"hidden\">\(symbols)</svg>"
    }()
}
