import Base
import GitHub

/// Links that our renderer and GitHub make by themselves.
extension EditorRuns {
    /// Removes the links that our renderer puts beside pictures of a private repository.
    mutating func removePictureLinks(_ target: MarkdownTarget) {
        let repository = target.links.context.repository
        guard repository.isPrivate else { return }
        var kept: [EditorRun] = []
        var expected: [PictureLink] = []
        var around: [UInt8]?
        for run in runs {
            if case .picture(let picture) = run.content {
                let image = EditorImage(source: picture.source, description: picture.description)
                if let link = PictureLink(to: image, in: repository) { expected.append(link) }
                around = run.style.link
            } else if case .text(let text) = run.content, let link = expected.first,
                run.style.link == PictureMarkdown.canonical(link.url),
                text == link.text
            {
                expected.removeFirst()
                if kept.last?.isSpace == true { kept.removeLast() }
                continue
            } else if !run.isSpace, around == nil || run.style.link != around {
                expected.removeAll()
            }
            kept.append(run)
        }
        guard kept.count < runs.count else { return }
        runs = kept
        while let last = runs.last, last.content == .lineBreak || last.isSpace { runs.removeLast() }
        merge()
    }

    /// Links the web addresses that stand in the text without a link, as GitHub will.
    mutating func linkAddresses(_ target: MarkdownTarget) {
        guard runs.contains(where: { $0.style.link == nil && !$0.style.marks.contains(.code) }) else { return }
        var linked: [EditorRun] = []
        for run in runs {
            guard case .text(let text) = run.content, run.style.link == nil, !run.style.marks.contains(.code) else {
                linked.append(run)
                continue
            }
            var start = 0
            var index = 0
            while let colon = text[index...].firstIndex(of: 0x3A) {
                index = colon + 1
                guard let address = BareAddress(in: text, colon: colon, from: start) else { continue }
                index = address.range.upperBound
                guard let url = target.link(to: address.url) else { continue }
                if address.range.lowerBound > start {
                    linked.append(
                        EditorRun(content: .text(Array(text[start..<address.range.lowerBound])), style: run.style)
                    )
                }
                var style = run.style
                style.link = url
                linked.append(EditorRun(content: .text(Array(text[address.range])), style: style))
                start = index
            }
            if start < text.count {
                linked.append(EditorRun(content: .text(Array(text[start...])), style: run.style))
            }
        }
        guard linked.count > runs.count else { return }
        runs = linked
        // What stands beside a link may have had the same one.
        styleLineBreaks()
        merge()
    }
}
