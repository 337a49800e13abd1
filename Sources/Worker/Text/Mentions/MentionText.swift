import Base

/// Text of a pull request as a reader sees it, in which mentions are found.
///
/// It is read in linear time: every byte is read once, and around each only a limited number of others.
struct MentionText {
    /// Where a span begins or ends: a word ends there, a sentence goes on.
    ///
    /// Neither this byte nor the next occurs in UTF-8.
    static let edge: UInt8 = 0xFE
    /// Where one text ends and another begins, or where something stands that is no text.
    static let barrier: UInt8 = 0xFF

    private var bytes: [UInt8] = []
    /// Up to here mentions have been collected.
    private var collected = 0

    mutating func append(_ text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
    }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Collects the mentions in what was appended since the last time.
    ///
    /// In the text of a link only Plane's numbers count; the link's address says which issue of GitHub it is about.
    mutating func collect(into mentions: inout MentionList, isLink: Bool = false) {
        var index = collected
        var start = collected  // of what no other mention has used
        while index < bytes.count {
            guard Self.canBeginMention(bytes[index]) else {
                index += 1
                continue
            }
            if !isLink, bytes[index] == UInt8(ascii: "#"),
                let found = IssueReference(in: bytes, around: index, from: start)
            {
                mentions.add(target(found, in: mentions.repository), closes: isClosed(at: found.range.lowerBound))
                index = found.range.upperBound
                start = index
            } else if WordBoundary.isBefore(index, in: bytes), IssueURL.isURL(bytes, at: index) {
                if !isLink, let url = IssueURL(in: bytes, at: index, on: mentions.server) {
                    mentions.add(url.target, closes: isClosed(at: index))
                }
                index = bytes[index...].firstIndex(where: IssueURL.endsURL) ?? bytes.count
                start = index
            } else if let found = PlaneReference(in: bytes, at: index) {
                mentions.add(found.target, closes: isClosed(at: index))
                index = found.end  // but not `start`: the identifier may be the owner in `AB-1/x#2`
            } else {
                index += 1
            }
        }
        collected = bytes.count
    }

    /// Whether `#12`, an address or an identifier may begin with `byte`; most of a text is skipped by this check alone.
    private static func canBeginMention(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: "h"), UInt8(ascii: "w"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    /// Adds the issue that a link leads to, if it leads to one.
    mutating func collectLink(to url: [UInt8], into mentions: inout MentionList) {
        guard let found = IssueURL(in: url, at: 0, on: mentions.server) else { return append(Self.edge) }
        mentions.add(found.target, closes: isClosed(at: bytes.count))
        append(Self.barrier)
    }

    private func isClosed(at index: Int) -> Bool { ClosingKeyword.stands(before: index, in: bytes) }

    private func target(_ reference: IssueReference, in repository: String) -> IssueMention.Target {
        let named = reference.repository.map { String(decoding: bytes[$0].map(\.lowercased), as: UTF8.self) }
        return .github(repository: named ?? repository, number: Int64(reference.number.value))
    }
}

/// A title, of whose Markdown GitHub shows code spans only.
enum TitleText {
    /// `title` with its code spans taken out.
    static func withoutCode(_ title: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var copied = 0
        for span in CodeSpans.ranges(in: title, title.indices) {
            text.append(contentsOf: title[copied..<span.lowerBound])
            text.append(MentionText.barrier)
            copied = span.upperBound
        }
        text.append(contentsOf: title[copied...])
        return text
    }
}
