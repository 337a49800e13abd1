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

    /// An address as it may stand between the parentheses of a link; our renderer reads the same address from it.
    static func destination(_ url: [UInt8]) -> [UInt8] {
        var depth = 0
        var lowest = 0
        for byte in url {
            depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
            lowest = min(lowest, depth)
        }
        let isBalanced = depth == 0 && lowest == 0 && url.reduce(0) { $0 + ($1 == UInt8(ascii: "(") ? 1 : 0) } < 16
        // The brackets of an IPv6 address stay.
        let path = url.enumerated().first { $0.offset >= 8 && $0.element == UInt8(ascii: "/") }?.offset ?? url.count
        // Elsewhere in an address these are shielded from md4c, which would take them for emphasis.
        let tail = url.lastIndex { !"*_~.,:;!?'".utf8.contains($0) }.map { $0 + 1 } ?? 0
        let isWeb = url.prefix(8).spells("https://") || url.prefix(7).spells("http://")
        var output: [UInt8] = []
        for (index, byte) in url.enumerated() {
            switch byte {
            case UInt8(ascii: "*") where index >= tail || !isWeb: output += "%2A".utf8
            case UInt8(ascii: "_") where index >= tail || !isWeb: output += "%5F".utf8
            case UInt8(ascii: "~") where index >= tail || !isWeb: output += "%7E".utf8
            // A dollar could begin a formula, and brackets a footnote or another link.
            case UInt8(ascii: "$"): output += "%24".utf8
            case UInt8(ascii: "[") where index > path: output += "%5B".utf8
            case UInt8(ascii: "]") where index > path: output += "%5D".utf8
            case UInt8(ascii: "("): output += isBalanced ? "(".utf8 : "%28".utf8
            case UInt8(ascii: ")"): output += isBalanced ? ")".utf8 : "%29".utf8
            case UInt8(ascii: "&") where TextEscape.isReference(url, at: index): output += "&amp;".utf8
            default: output.append(byte)
            }
        }
        // What ends the name of a host may not be encoded, but need not end the address.
        return isWeb && path == url.count && tail < path ? url + [UInt8(ascii: "/")] : output
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
