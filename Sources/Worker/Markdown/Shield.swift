/// Punctuation that md4c must take for letters: that of formulas, of bare addresses and of tags that are none.
///
/// In the source each such character becomes two bytes that no UTF-8 text holds, and comes back when md4c hands over the
/// text, wherever that turns out to stand: so what is shielded too much, in code for example, shows as it was written.
enum Shield {
    /// `byte`, an ASCII character from the space on, as md4c is to see it.
    static func append(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(byte < 0x60 ? 0xFE : 0xFF)
        output.append(0x80 | (byte - 0x20) & 0x3F)
    }

    /// The character behind the shield at `index`, or nil.
    static func character(at index: Int, in text: [UInt8]) -> UInt8? {
        index + 1 < text.count ? character(text[index], text[index + 1]) : nil
    }

    /// `text` without shields.
    static func restored(_ text: some Collection<UInt8>) -> [UInt8] {
        var restored: [UInt8] = []
        restored.reserveCapacity(text.count)
        for byte in text {
            if let lead = restored.last, let character = character(lead, byte) {
                restored[restored.count - 1] = character
            } else {
                restored.append(byte)
            }
        }
        return restored
    }

    private static func character(_ lead: UInt8, _ byte: UInt8) -> UInt8? {
        guard lead >= 0xFE, byte & 0xC0 == 0x80 else { return nil }
        return (lead == 0xFE ? 0x20 : 0x60) + (byte & 0x3F)
    }
}
