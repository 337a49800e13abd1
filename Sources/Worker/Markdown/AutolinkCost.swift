/// What finding bare URLs in a source would cost md4c 0.4.8.
///
/// From every bare URL it looks through the special characters behind it, to the end of the paragraph: 256 kB of
/// `http://a.b*` take seconds. A source of which that can be true is parsed without this feature: its bare URLs stay text.
enum AutolinkCost {
    /// In characters looked at, some 30 ms; a paragraph with a hundred URLs needs less than a hundredth of it.
    private static let limit = 20_000_000

    private static let specials: [Bool] = {
        var specials = [Bool](repeating: false, count: 256)
        for byte in "\\*_`&;<>[]!~@:.|".utf8 { specials[Int(byte)] = true }
        return specials
    }()

    static func isTooHigh(_ source: [UInt8]) -> Bool {
        let isSpecial = Self.specials
        var total = 0
        var urls = 0
        var specials = 0
        var isBlank = true
        var previous: UInt8 = 0x0A
        for byte in source {
            if byte == 0x0A {
                if isBlank {  // a blank line, where every paragraph ends
                    total += urls * specials
                    urls = 0
                    specials = 0
                }
                isBlank = true
            } else if !byte.isSpace {
                // So it does where a list item starts; those further in are counted as one text, which errs upwards.
                if previous == 0x0A, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*") {
                    total += urls * specials
                    urls = 0
                    specials = 0
                }
                isBlank = false
                if isSpecial[Int(byte)] { specials += 1 }
                let isScheme = previous == UInt8(ascii: ":") && byte == UInt8(ascii: "/")
                let isHost = previous | 0x20 == UInt8(ascii: "w") && byte == UInt8(ascii: ".")
                if isScheme || isHost { urls += 1 }
            }
            previous = byte
        }
        return total + urls * specials > limit
    }
}
