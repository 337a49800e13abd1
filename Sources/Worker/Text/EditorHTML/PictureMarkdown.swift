import Base

/// Pictures, and the addresses of pictures and links, as Markdown.
enum PictureMarkdown {
    /// `![description](source)`, or a tag where the picture has a size.
    static func bytes(_ picture: EditorPicture, isInCell: Bool) -> [UInt8] {
        var output: [UInt8] = []
        if picture.width == nil, picture.height == nil {
            output += "![".utf8
            TextEscape(isInCell: isInCell).append(picture.description, in: .description, to: &output)
            output += "](".utf8 + destination(picture.source) + ")".utf8
        } else {
            output += "<img".utf8
            if let width = picture.width { output += " width=\"\(width)\"".utf8 }
            if let height = picture.height { output += " height=\"\(height)\"".utf8 }
            output += " alt=\"".utf8 + attribute(picture.description)
            output += "\" src=\"".utf8 + attribute(picture.source) + "\">".utf8
        }
        return output
    }

    /// An address as it may stand between the parentheses of a link; our renderer reads the canonical one from it.
    static func destination(_ url: [UInt8]) -> [UInt8] {
        let url = canonical(url)
        guard url.contains(UInt8(ascii: "&")) else { return url }
        var output: [UInt8] = []
        for (index, byte) in url.enumerated() {
            output.append(byte)
            if byte == UInt8(ascii: "&"), TextEscape.isReference(url, at: index) { output += "amp;".utf8 }
        }
        return output
    }

    /// `url` with everything encoded that Markdown could not hold between the parentheses of a link.
    static func canonical(_ url: [UInt8]) -> [UInt8] {
        var depth = 0
        var lowest = 0
        for byte in url {
            depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
            lowest = min(lowest, depth)
        }
        let isBalanced = depth == 0 && lowest == 0 && url.reduce(0) { $0 + ($1 == UInt8(ascii: "(") ? 1 : 0) } < 16
        // The brackets of an IPv6 address stay.
        let path = url.enumerated().first { $0.offset >= 8 && "/?#".utf8.contains($0.element) }?.offset ?? url.count
        let isWeb = url.prefix(8).spells("https://") || url.prefix(7).spells("http://")
        var output: [UInt8] = []
        for (index, byte) in url.enumerated() {
            switch byte {
            // A dollar could begin a formula, and brackets a footnote or another link.
            case UInt8(ascii: "$"): output += "%24".utf8
            case UInt8(ascii: "[") where index > path: output += "%5B".utf8
            case UInt8(ascii: "]") where index > path: output += "%5D".utf8
            case UInt8(ascii: "("): output += isBalanced ? "(".utf8 : "%28".utf8
            case UInt8(ascii: ")"): output += isBalanced ? ")".utf8 : "%29".utf8
            default: output.append(byte)
            }
        }
        // What ends the name of a host may not be encoded, but need not end the address.
        if isWeb, path == url.count, output.last.map(isMark) == true { return url + [UInt8(ascii: "/")] }
        return withoutMarks(output, isWeb: isWeb)
    }

    private static func isMark(_ byte: UInt8) -> Bool { "*_~.,:;!?'".utf8.contains(byte) }

    /// `url` with the stars, underscores and tildes encoded that md4c would take for emphasis: those which our renderer
    /// does not shield because they stand where a bare address would have ended.
    private static func withoutMarks(_ url: [UInt8], isWeb: Bool) -> [UInt8] {
        guard url.contains(where: { "*_~".utf8.contains($0) }) else { return url }
        let colon = url.firstIndex(of: UInt8(ascii: ":")) ?? 0
        let end = isWeb ? BareAddress.plainEnd(in: url, from: colon + 3) : 0
        var output = Array(url[..<end])
        for byte in url[end...] {
            switch byte {
            case UInt8(ascii: "*"): output += "%2A".utf8
            case UInt8(ascii: "_"): output += "%5F".utf8
            case UInt8(ascii: "~"): output += "%7E".utf8
            default: output.append(byte)
            }
        }
        return output
    }

    private static func attribute(_ value: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        for byte in value {
            switch byte {
            case UInt8(ascii: "&"): output += "&amp;".utf8
            case UInt8(ascii: "\""): output += "&quot;".utf8
            case UInt8(ascii: "$"): output += "&#36;".utf8
            case UInt8(ascii: "`"): output += "&#96;".utf8
            case UInt8(ascii: "|"): output += "&#124;".utf8
            default: output.append(byte)
            }
        }
        return output
    }
}
