/// The marks of Plane's editor, and the two that its sanitizer keeps although the editor does not have them.
enum EditorMark: Sendable {
    case strong, emphasis, strike, underline, code, subscripted, superscripted, link

    /// The name of its tag.
    var tag: String {
        switch self {
        case .strong: "strong"
        case .emphasis: "em"
        case .strike: "s"
        case .underline: "u"
        case .code: "code"
        case .subscripted: "sub"
        case .superscripted: "sup"
        case .link: "a"
        }
    }
}

/// The marks that the source has switched on, and those that are open in the output.
///
/// The editor's marks are a set: a mark inside the same mark has no effect, and code excludes the others. So the output
/// is not nested as the source is. Before text is written, marks that are no longer wanted are closed, and missing ones
/// are opened.
struct EditorMarks {
    private struct Active {
        let mark: EditorMark
        let isRaw: Bool
        /// The URL of a link; nil for one without a usable URL, which marks nothing.
        let link: [UInt8]?
        let serial: Int
    }

    private struct Open: Equatable {
        let mark: EditorMark
        /// The number of the mark that was switched on.
        ///
        /// Of two equal marks in a row the second has another: so the first is closed before what stands between them.
        let serial: Int
    }

    private var active: [Active] = []
    private var wanted: [Open] = []
    private var open: [Open] = []
    private var serial = 0

    var wantsCode: Bool { wanted.contains { $0.mark == .code } }
    var wantsLink: Bool { wanted.contains { $0.mark == .link } }
    /// How many are switched on, repeated ones included.
    var depth: Int { active.count }

    mutating func switchOn(_ mark: EditorMark, link: [UInt8]? = nil, isRaw: Bool = false) {
        // More open tags than this are a mistake or an attack; their text is shown all the same.
        if isRaw, active.count >= Markdown.nestingCap { return }
        serial += 1
        active.append(Active(mark: mark, isRaw: isRaw, link: link, serial: serial))
        updateWanted()
    }

    /// Ends Markdown's innermost span and whatever tags left open in it.
    mutating func switchOffMarkdown() {
        guard let index = active.lastIndex(where: { !$0.isRaw }) else { return }
        while active.count > index { active.removeLast() }
        updateWanted()
    }

    /// Ends the innermost mark of this kind that a tag switched on inside Markdown's innermost span.
    mutating func switchOffRaw(_ mark: EditorMark) {
        let floor = active.lastIndex { !$0.isRaw }.map { $0 + 1 } ?? 0
        guard let index = active[floor...].lastIndex(where: { $0.mark == mark }) else { return }
        active.remove(at: index)
        updateWanted()
    }

    mutating func switchOffAll() {
        guard !active.isEmpty else { return }
        active.removeAll(keepingCapacity: true)
        wanted.removeAll(keepingCapacity: true)
    }

    mutating func closeUnwanted(into output: inout [UInt8]) {
        guard !open.isEmpty else { return }
        let kept = open.firstIndex { !wanted.contains($0) } ?? open.count
        close(downTo: kept, into: &output)
    }

    mutating func closeAll(into output: inout [UInt8]) {
        close(downTo: 0, into: &output)
    }

    mutating func openWanted(into output: inout [UInt8]) {
        for mark in wanted where !open.contains(mark) {
            output.append(contentsOf: "<\(mark.mark.tag)".utf8)
            if mark.mark == .link {
                // It is wanted, so it is active and has a URL.
                let link = active.first { $0.serial == mark.serial }?.link ?? []
                output.append(contentsOf: " href=\"".utf8)
                HTMLEscape.attribute(link[...], into: &output)
                output.append(contentsOf: "\" target=\"_blank\" rel=\"noopener noreferrer\"".utf8)
            }
            output.append(UInt8(ascii: ">"))
            open.append(mark)
        }
    }

    private mutating func close(downTo count: Int, into output: inout [UInt8]) {
        while open.count > count {
            output.append(contentsOf: "</\(open.removeLast().mark.tag)>".utf8)
        }
    }

    private mutating func updateWanted() {
        if !wanted.isEmpty { wanted.removeAll(keepingCapacity: true) }
        for entry in active where !wanted.contains(where: { $0.mark == entry.mark }) {
            if entry.mark != .link || entry.link != nil {
                wanted.append(Open(mark: entry.mark, serial: entry.serial))
            }
        }
        // The editor's code mark excludes others. Of a link and code the link stays, which matters more than its look.
        if wantsCode {
            if wantsLink {
                wanted.removeAll { $0.mark == .code }
            } else {
                wanted.removeAll { $0.mark != .code }
            }
        }
    }
}
