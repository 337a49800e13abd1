extension JSONDocument {
    /// What a text or key says; nil where an escape is half of a surrogate pair.
    func text(of entry: Int) -> String? {
        let range = range(of: entry)
        guard entries[entry].kind == .escapedText else { return String(decoding: bytes[range], as: UTF8.self) }
        return bytes[range].withUnsafeBufferPointer { text in
            var unescaping = JSONUnescaping(text)
            return unescaping.text()
        }
    }

    /// The bytes of a key, text or number as they are written.
    func range(of entry: Int) -> Range<Int> { Int(entries[entry].start)..<Int(entries[entry].end) }

    func isKey(_ entry: Int, _ name: StaticString) -> Bool {
        let key = bytes[range(of: entry)]
        return name.withUTF8Buffer { name in
            guard entries[entry].kind == .escapedText else {
                return key.count == name.count && key.elementsEqual(name)
            }
            return key.withUnsafeBufferPointer { key in
                var unescaping = JSONUnescaping(key)
                return unescaping.says(name)
            }
        }
    }
}
