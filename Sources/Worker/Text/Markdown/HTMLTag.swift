/// A start tag of raw HTML.
struct HTMLTag {
    /// In lower case.
    let name: String
    /// Where the values stand in the tokenizer's bytes, still with entities; names in lower case.
    let attributes: [String: Range<Int>]

    /// The decoded value of an attribute, or nil.
    func value(_ name: String, in bytes: [UInt8]) -> [UInt8]? {
        guard let range = attributes[name] else { return nil }
        var value: [UInt8] = []
        HTMLEntities.decode(bytes[range], into: &value)
        return value
    }

    /// The value of an attribute that is a number of at most `maximum`, or nil.
    func number(_ name: String, in bytes: [UInt8], maximum: Int) -> Int? {
        guard let text = value(name, in: bytes), let number = Int(String(decoding: text, as: UTF8.self)) else {
            return nil
        }
        return (1...maximum).contains(number) ? number : nil
    }
}
