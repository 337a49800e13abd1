extension JSONDocument {
    /// The same document as `jsonb` takes it, or nil where it takes it as it is.
    ///
    /// `jsonb` refuses three things that `json` stores. Here U+0000 is left out, half of a surrogate pair becomes
    /// U+FFFD, and a number out of the range of `numeric` becomes the nearest one in it.
    package var textForJSONB: [UInt8]? {
        guard mayExceedJSONB else { return nil }
        var text: [UInt8] = []
        var copied = 0
        for number in entries.indices {
            let replacement: [UInt8]? =
                switch entries[number].kind {
                case .escapedText: Self.repaired(bytes[range(of: number)])
                case .number: NumericRange.clipped(bytes[range(of: number)])
                default: nil
                }
            guard let replacement else { continue }
            let range = range(of: number)
            text += bytes[copied..<range.lowerBound]
            text += replacement
            copied = range.upperBound
        }
        guard copied > 0 else { return nil }
        return text + bytes[copied...]
    }

    /// A string without escapes for characters that PostgreSQL cannot store; nil if it has none.
    private static func repaired(_ string: ArraySlice<UInt8>) -> [UInt8]? {
        var kept: [UInt8] = []
        var isChanged = false
        var rest = string
        while let byte = rest.first {
            guard byte == UInt8(ascii: "\\") else {
                kept.append(byte)
                rest = rest.dropFirst()
                continue
            }
            let unit = codeUnit(rest)
            let isPair =
                unit.map(UTF16.isLeadSurrogate) == true
                && codeUnit(rest.dropFirst(6)).map(UTF16.isTrailSurrogate) == true
            switch unit {
            case 0: isChanged = true
            case .some(0xD800...0xDFFF) where !isPair:
                isChanged = true
                kept += #"\ufffd"#.utf8
            default: kept += rest.prefix(unit == nil ? 2 : isPair ? 12 : 6)
            }
            rest = rest.dropFirst(unit == nil ? 2 : isPair ? 12 : 6)
        }
        return isChanged ? kept : nil
    }

    /// The UTF-16 code unit that an escape such as `\u0041` at the beginning stands for; nil for anything else.
    private static func codeUnit(_ text: ArraySlice<UInt8>) -> UInt16? {
        guard text.starts(with: #"\u"#.utf8) else { return nil }
        return UInt16(String(decoding: text.dropFirst(2).prefix(4), as: UTF8.self), radix: 16)
    }
}

/// What PostgreSQL's `numeric` holds: up to 131,072 digits before the decimal point and 16,383 behind it.
private enum NumericRange {
    /// The nearest number that `numeric` holds; nil when it holds this one.
    static func clipped(_ number: ArraySlice<UInt8>) -> [UInt8]? {
        let mark = number.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        // A number without an exponent is out of range only with very many digits.
        guard mark != nil || number.count > 16_000 else { return nil }
        let isNegative = number.first == UInt8(ascii: "-")
        let mantissa = number[..<(mark ?? number.endIndex)].drop { $0 == UInt8(ascii: "-") }
        let exponent = mark.map { Self.exponent(number[($0 + 1)...]) } ?? 0
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        let digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        guard let first = digits.firstIndex(where: { $0 != UInt8(ascii: "0") }) else { return Array("0".utf8) }
        // Digits before the decimal point; 0 and less count the zeros behind it.
        let magnitude = (point - mantissa.startIndex) - first + exponent
        let behind = max(0, mantissa.endIndex - point - 1 - exponent)
        guard magnitude > 131_000 || behind > 16_000 else { return nil }
        let sign = isNegative ? "-" : ""
        if magnitude > 131_000 { return Array("\(sign)9e131071".utf8) }
        if magnitude < -15_000 { return Array("0".utf8) }
        // A hundred digits are more than anybody compares.
        let kept = String(decoding: digits[first...].prefix(100), as: UTF8.self)
        return Array("\(sign)\(kept)e\(magnitude - kept.utf8.count)".utf8)
    }

    /// An exponent that does not fit becomes one that is beyond every limit.
    private static func exponent(_ text: ArraySlice<UInt8>) -> Int {
        let digits = text.drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }.drop { $0 == UInt8(ascii: "0") }
        let value = digits.count > 9 ? 1_000_000_000 : Int(String(decoding: digits, as: UTF8.self)) ?? 0
        return text.first == UInt8(ascii: "-") ? -value : value
    }
}
