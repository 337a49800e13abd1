/// Escapes text exactly as HTML serializers do, so that what we write comes back from one byte for byte.
enum HTMLEscape {
    /// Escapes what stands between tags: `&`, `<`, `>` and the no-break space.
    ///
    /// NUL and carriage return, which HTML cannot carry, are dropped.
    static func text(_ text: ArraySlice<UInt8>, into output: inout [UInt8]) {
        escape(text, isAttribute: false, into: &output)
    }

    /// Escapes what stands between double quotes: `&`, `"` and the no-break space.
    static func attribute(_ value: ArraySlice<UInt8>, into output: inout [UInt8]) {
        escape(value, isAttribute: true, into: &output)
    }

    private static func escape(_ text: ArraySlice<UInt8>, isAttribute: Bool, into output: inout [UInt8]) {
        var copied = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            var width = 1
            let replacement: StaticString
            switch byte {
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "<") where !isAttribute: replacement = "&lt;"
            case UInt8(ascii: ">") where !isAttribute: replacement = "&gt;"
            case UInt8(ascii: "\"") where isAttribute: replacement = "&quot;"
            case 0x00, 0x0D: replacement = ""
            case 0xC2 where index + 1 < text.endIndex && text[index + 1] == 0xA0:
                replacement = "&nbsp;"
                width = 2
            default:
                index += 1
                continue
            }
            output.append(contentsOf: text[copied..<index])
            replacement.withUTF8Buffer { output.append(contentsOf: $0) }
            index += width
            copied = index
        }
        output.append(contentsOf: text[copied...])
    }
}
