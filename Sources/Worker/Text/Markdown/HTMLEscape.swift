/// Escapes text exactly as HTML serializers do, so that what we write comes back from one byte for byte.
enum HTMLEscape {
    /// Escapes what stands between tags: `&`, `<`, `>` and the no-break space.
    ///
    /// NUL and carriage return, which HTML cannot carry, are dropped.
    static func text(_ text: ArraySlice<UInt8>, into output: inout [UInt8]) {
        text.withUnsafeBufferPointer { escape($0, isAttribute: false, into: &output) }
    }

    /// Escapes what stands between double quotes: `&`, `"` and the no-break space.
    static func attribute(_ value: ArraySlice<UInt8>, into output: inout [UInt8]) {
        value.withUnsafeBufferPointer { escape($0, isAttribute: true, into: &output) }
    }

    /// Works on a pointer for speed: nearly all output goes through here, and most of it is copied in long runs.
    private static func escape(_ text: UnsafeBufferPointer<UInt8>, isAttribute: Bool, into output: inout [UInt8]) {
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
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
            replacement.withUTF8Buffer { output.append(contentsOf: $0) }
            index += width
            copied = index
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
    }
}
