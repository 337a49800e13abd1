/// A Markdown source of GitHub, divided into parts, and the blocks that each part becomes in Plane.
///
/// The division is proved by rendering: a paragraph of its own is put between all parts, and between these paragraphs
/// the same blocks must appear as without them.
struct SourceBlocks {
    struct Part {
        let range: Range<Int>
        /// None for what our renderer has nothing for: definitions of links and footnotes, comments, tags.
        let blocks: [EditorBlock]
    }

    let parts: [Part]
    /// What appears behind the last part: the footnotes.
    let tail: [EditorBlock]

    private static let attempts = 8

    /// Nil if no division is found.
    init?(_ source: [UInt8], in context: MarkdownContext) {
        let whole = EditorReader.blocks(
            of: Array(Markdown.html(String(decoding: source, as: UTF8.self), in: context).utf8)
        )
        let expected = CanonicalBlock.all(in: whole).map(\.text)
        var starts = SourceBoundaries.starts(in: source)
        let marker = Marker(notIn: source)
        for _ in 0..<Self.attempts {
            let marked = marker.inserted(in: source, at: starts)
            let html = Array(Markdown.html(String(decoding: marked, as: UTF8.self), in: context).utf8)
            let segments: [ArraySlice<UInt8>]
            switch marker.segments(of: html, count: starts.count) {
            case .missing(let number):
                guard number + 1 < starts.count else { return nil }
                starts.remove(at: number + 1)
                continue
            case .found(let found): segments = found
            }
            let blocks = segments.map { EditorReader.blocks(of: Array($0)) }
            let divided = segments.firstIndex { !Self.isWhole($0) }
            if let wrong = divided ?? Self.firstDifference(blocks, expected) {
                guard starts.count > 1 else { return nil }
                starts.remove(at: min(wrong + 1, starts.count - 1))
                continue
            }
            let ends = starts.dropFirst() + [source.count]
            parts = zip(zip(starts, ends), blocks).map { Part(range: $0.0..<$0.1, blocks: $1) }
            tail = blocks.last ?? []
            return
        }
        return nil
    }

    /// Whether each element that begins in `html`, which our renderer wrote, also ends there.
    private static func isWhole(_ html: ArraySlice<UInt8>) -> Bool {
        var tokenizer = HTMLTokenizer(Array(html))
        var depth = 0
        while let token = tokenizer.next() {
            switch token {
            case .start(let tag, _) where !["br", "hr", "img", "input"].contains(tag.name): depth += 1
            case .end: depth -= 1
            default: break
            }
            if depth < 0 { return false }
        }
        return depth == 0
    }

    /// The number of the first segment that has other blocks than expected.
    private static func firstDifference(_ segments: [[EditorBlock]], _ expected: [[UInt8]]) -> Int? {
        var rest = expected[...]
        for (number, blocks) in segments.enumerated() {
            let texts = CanonicalBlock.all(in: blocks).map(\.text)
            guard rest.starts(with: texts) else { return number }
            rest = rest.dropFirst(texts.count)
        }
        return rest.isEmpty ? nil : segments.count - 1
    }
}

/// Paragraphs that can be found again in the HTML, one behind each part of a source.
private struct Marker {
    enum Segments {
        case found([ArraySlice<UInt8>])
        /// The number of the first marker that is no paragraph at its place.
        case missing(Int)
    }

    private let word: String

    init(notIn source: [UInt8]) {
        let text = String(decoding: source, as: UTF8.self)
        var number = 0
        while text.utf8.firstRange(of: "qzq\(number)zq".utf8) != nil { number += 1 }
        word = "qzq\(number)zq"
    }

    private func text(_ number: Int) -> String { "\(word)\(number)q" }

    func inserted(in source: [UInt8], at starts: [Int]) -> [UInt8] {
        var marked: [UInt8] = []
        for (number, start) in starts.enumerated() {
            let end = number + 1 < starts.count ? starts[number + 1] : source.count
            marked += source[start..<end]
            if marked.last != 0x0A { marked.append(0x0A) }
            marked += "\n\(text(number))\n\n".utf8
        }
        return marked
    }

    /// What stands before, between and behind the markers.
    func segments(of html: [UInt8], count: Int) -> Segments {
        var segments: [ArraySlice<UInt8>] = []
        var rest = html[...]
        for number in 0..<count {
            guard let found = rest.firstRange(of: Array("<p>\(text(number))</p>".utf8)) else { return .missing(number) }
            segments.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return .found(segments + [rest])
    }
}
