/// A JSON text that PostgreSQL's `json` type will store, and an index of its values.
///
/// `JSONScanner` walks the text once. The index then leads to the fields that are read, in any order, and nothing is
/// copied for the others.
package struct JSONDocument: Sendable {
    package struct Problem: Error, Equatable, CustomStringConvertible {
        package let reason: String
        /// Bytes before the fault.
        package let offset: Int

        package var description: String { "\(reason) at byte \(offset)" }
    }

    /// A key or a value of the text.
    struct Entry: Sendable {
        enum Kind: Sendable { case object, array, text, escapedText, number, `true`, `false`, null }

        let kind: Kind
        /// Where it begins; for a string, behind the quotation mark.
        let start: UInt32
        /// The byte behind it; for a container, the number of the entry behind its last one.
        var end: UInt32
    }

    package let bytes: [UInt8]
    /// All keys and values in the order of the text: a container comes before its contents, a key before its value.
    let entries: [Entry]
    let mayExceedJSONB: Bool

    /// - Throws: `Problem` with what is wrong and where.
    package init(_ bytes: [UInt8]) throws(Problem) {
        self.bytes = bytes
        let index: Result<(entries: [Entry], mayExceedJSONB: Bool), Problem> = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(Problem) in try JSONScanner.index(of: buffer) }
        }
        (entries, mayExceedJSONB) = try index.get()
    }

    /// The entry behind a value and all that it holds.
    func next(after value: Int) -> Int {
        switch entries[value].kind {
        case .object, .array: Int(entries[value].end)
        default: value + 1
        }
    }

    /// How a problem names a value: `issue.labels[0].id`.
    func path(to target: Int) -> String {
        var path = ""
        var container = 0
        while container != target {
            let isObject = entries[container].kind == .object
            var value = container + (isObject ? 2 : 1)
            var number = 0
            while next(after: value) <= target {
                value = next(after: value) + (isObject ? 1 : 0)
                number += 1
            }
            path += isObject ? (path.isEmpty ? "" : ".") + (text(of: value - 1) ?? "") : "[\(number)]"
            container = value
        }
        return path.isEmpty ? "the body" : path
    }
}

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
