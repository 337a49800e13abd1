/// An image in a line of text.
struct EditorImage {
    /// An http or https URL.
    let source: [UInt8]
    let description: [UInt8]
    /// `width` and `height` as written in the source, if they are lengths.
    var width: [UInt8]?
    var height: [UInt8]?

    func write(into output: inout [UInt8]) {
        output.append(contentsOf: "<img src=\"".utf8)
        HTMLEscape.attribute(source[...], into: &output)
        output.append(contentsOf: "\" alt=\"".utf8)
        // Sanitizers disagree on whether < and > are escaped in attributes, so that neither form would last.
        HTMLEscape.attribute(
            description.filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }[...],
            into: &output
        )
        for (name, length) in [("width", width), ("height", height)] {
            guard let length, Self.isLength(length) else { continue }
            output.append(contentsOf: "\" \(name)=\"".utf8)
            output.append(contentsOf: length)
        }
        output.append(contentsOf: "\">".utf8)
    }

    /// Up to five digits, then nothing, `px` or `%`.
    private static func isLength(_ bytes: [UInt8]) -> Bool {
        let digits = bytes.prefix(while: \.isDigit)
        guard (1...5).contains(digits.count) else { return false }
        return ["", "px", "%"].contains(String(decoding: bytes.dropFirst(digits.count), as: UTF8.self))
    }
}
