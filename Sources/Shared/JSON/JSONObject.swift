import Base
import Foundation

/// An object of a document, whose fields are read by name; of two with one name the first counts.
///
/// Each reader throws a `PayloadProblem` that names the field by its path and what was expected there.
package struct JSONObject {
    private let document: JSONDocument
    private let entry: Int

    /// The whole document.
    package init(_ document: JSONDocument) throws(PayloadProblem) {
        try self.init(document, at: 0)
    }

    private init(_ document: JSONDocument, at entry: Int) throws(PayloadProblem) {
        self.document = document
        self.entry = entry
        let kind = document.entries[entry].kind
        guard kind == .object else {
            throw problem(entry, kind == .null ? "null, expected an object" : "expected an object")
        }
    }

    package func contains(_ name: StaticString) -> Bool { find(name) != nil }

    /// The names of all fields, in the order of the text.
    package var keys: some Sequence<String> {
        sequence(state: entry + 1) { [document, end = document.next(after: entry)] key -> String? in
            guard key < end else { return nil }
            defer { key = document.next(after: key + 1) }
            return document.text(of: key) ?? ""
        }
    }

    /// Whether the field is there and not null.
    package func has(_ name: StaticString) -> Bool { present(name) != nil }

    /// The fields that are objects, by their names.
    package var objects: [(name: String, JSONObject)] {
        var fields: [(name: String, JSONObject)] = []
        var key = entry + 1
        while key < document.next(after: entry) {
            let object = try? JSONObject(document, at: key + 1)
            if let object { fields.append((document.text(of: key) ?? "", object)) }
            key = document.next(after: key + 1)
        }
        return fields
    }

    package func object(_ name: StaticString) throws(PayloadProblem) -> JSONObject {
        try JSONObject(document, at: required(name, "an object"))
    }

    package func objectIfPresent(_ name: StaticString) throws(PayloadProblem) -> JSONObject? {
        guard let value = present(name) else { return nil }
        return try JSONObject(document, at: value)
    }

    /// The objects of a list, without its nulls, each read by `read`.
    package func objectsIfPresent<Element>(
        _ name: StaticString,
        _ read: (JSONObject) throws(PayloadProblem) -> Element
    ) throws(PayloadProblem) -> [Element]? {
        guard let list = present(name) else { return nil }
        return try Self.list(at: list, of: document, read)
    }

    package func texts(_ name: StaticString) throws(PayloadProblem) -> [String] {
        let list = try required(name, "a list")
        guard document.entries[list].kind == .array else { throw problem(list, "expected a list") }
        var texts: [String] = []
        var value = list + 1
        while value < document.next(after: list) {
            texts.append(try text(at: value))
            value = document.next(after: value)
        }
        return texts
    }

    fileprivate static func list<Element>(
        at list: Int,
        of document: JSONDocument,
        _ read: (JSONObject) throws(PayloadProblem) -> Element
    ) throws(PayloadProblem) -> [Element] {
        guard document.entries[list].kind == .array else {
            throw PayloadProblem("\(document.path(to: list)): expected a list")
        }
        var elements: [Element] = []
        var value = list + 1
        while value < document.next(after: list) {
            if document.entries[value].kind != .null { elements.append(try read(JSONObject(document, at: value))) }
            value = document.next(after: value)
        }
        return elements
    }

    /// The texts of a list, without its nulls.
    package func textsIfPresent(_ name: StaticString) throws(PayloadProblem) -> [String]? {
        guard let list = present(name) else { return nil }
        guard document.entries[list].kind == .array else { throw problem(list, "expected a list") }
        var texts: [String] = []
        var value = list + 1
        while value < document.next(after: list) {
            if document.entries[value].kind != .null { texts.append(try text(at: value).withoutNUL) }
            value = document.next(after: value)
        }
        return texts
    }

    /// The object as it is written, whose brackets the scanner has found to be in pairs.
    package var source: ArraySlice<UInt8> {
        let start = Int(document.entries[entry].start)
        var position = start
        var depth = 0
        var isText = false
        repeat {
            switch document.bytes[position] {
            case UInt8(ascii: "\\"): position += 1
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "{") where !isText, UInt8(ascii: "[") where !isText: depth += 1
            case UInt8(ascii: "}") where !isText, UInt8(ascii: "]") where !isText: depth -= 1
            default: break
            }
            position += 1
        } while depth > 0
        return document.bytes[start..<position]
    }

    /// A text as it was sent.
    package func exactText(_ name: StaticString) throws(PayloadProblem) -> String {
        try text(at: required(name, "text"))
    }

    package func exactTextIfPresent(_ name: StaticString) throws(PayloadProblem) -> String? {
        guard let value = present(name) else { return nil }
        return try text(at: value)
    }

    /// A text without U+0000, which JSON may carry and PostgreSQL stores in no text.
    package func text(_ name: StaticString) throws(PayloadProblem) -> String { try exactText(name).withoutNUL }

    package func textIfPresent(_ name: StaticString) throws(PayloadProblem) -> String? {
        try exactTextIfPresent(name)?.withoutNUL
    }

    /// A text that is only shown to people; nil if the field has another type.
    package func textIfReadable(_ name: StaticString) -> String? {
        guard let value = find(name) else { return nil }
        return try? text(at: value).withoutNUL
    }

    /// The same for a text within an object.
    package func textIfReadable(_ name: StaticString, in object: StaticString) -> String? {
        guard let value = find(object) else { return nil }
        return try? JSONObject(document, at: value).textIfReadable(name)
    }

    /// Whether a field that is only shown to people is true.
    package func isTrue(_ name: StaticString) -> Bool {
        find(name).map { document.entries[$0].kind == .true } ?? false
    }

    package func boolIfPresent(_ name: StaticString) throws(PayloadProblem) -> Bool? {
        guard let value = present(name) else { return nil }
        switch document.entries[value].kind {
        case .true: return true
        case .false: return false
        default: throw problem(value, "expected true or false")
        }
    }

    /// GitHub's ids and numbers start at 1 and fit 63 bits.
    package func positiveID(_ name: StaticString) throws(PayloadProblem) -> Int64 {
        let number = try wholeNumber(name)
        guard number > 0 else { throw problem(with: name, "expected a positive number") }
        return number
    }

    package func wholeNumber(_ name: StaticString) throws(PayloadProblem) -> Int64 {
        let value = try required(name, "a whole number")
        guard document.entries[value].kind == .number else { throw problem(value, "expected a whole number") }
        guard let number = wholeNumber(at: value) else { throw problem(value, "expected a whole number below 2^63") }
        return number
    }

    package func timestamp(_ name: StaticString) throws(PayloadProblem) -> Timestamp {
        try timestamp(at: required(name, "text"))
    }

    package func timestampIfPresent(_ name: StaticString) throws(PayloadProblem) -> Timestamp? {
        guard let value = present(name) else { return nil }
        return try timestamp(at: value)
    }

    /// ISO 8601, or the seconds since 1970 that some payloads have in its place.
    package func timestampOrEpochIfPresent(_ name: StaticString) throws(PayloadProblem) -> Timestamp? {
        guard let value = present(name) else { return nil }
        guard document.entries[value].kind == .number, let seconds = wholeNumber(at: value) else {
            return try timestamp(at: value)
        }
        guard (0..<Self.year10000).contains(seconds) else { throw problem(value, "expected seconds since 1970") }
        return Timestamp(microseconds: seconds * 1_000_000)
    }

    private static var year10000: Int64 { 253_402_300_800 }

    /// What is wrong with a field that is there.
    package func problem(with name: StaticString, _ expected: String) -> PayloadProblem {
        problem(find(name) ?? entry, expected)
    }

    private func problem(_ value: Int, _ expected: String) -> PayloadProblem {
        PayloadProblem("\(document.path(to: value)): \(expected)")
    }
}

extension JSONDocument {
    /// The objects of a document that is a list, without its nulls.
    package func objects() throws(PayloadProblem) -> [JSONObject] {
        try JSONObject.list(at: 0, of: self) { (object) throws(PayloadProblem) in object }
    }
}

extension JSONObject {
    /// The entry of a field's value.
    private func find(_ name: StaticString) -> Int? {
        let end = document.next(after: entry)
        var key = entry + 1
        while key < end {
            if document.isKey(key, name) { return key + 1 }
            key = document.next(after: key + 1)
        }
        return nil
    }

    private func present(_ name: StaticString) -> Int? {
        guard let value = find(name), document.entries[value].kind != .null else { return nil }
        return value
    }

    private func required(_ name: StaticString, _ expected: String) throws(PayloadProblem) -> Int {
        guard let value = find(name) else {
            throw PayloadProblem(entry == 0 ? "\(name): missing" : "\(document.path(to: entry)).\(name): missing")
        }
        guard document.entries[value].kind != .null else { throw problem(value, "null, expected \(expected)") }
        return value
    }

    private func text(at value: Int) throws(PayloadProblem) -> String {
        switch document.entries[value].kind {
        case .text, .escapedText: break
        default: throw problem(value, "expected text")
        }
        guard let text = document.text(of: value) else { throw .noValue(at: document.path(to: value)) }
        return text
    }

    private func timestamp(at value: Int) throws(PayloadProblem) -> Timestamp {
        let time =
            document.entries[value].kind == .text
            ? document.bytes[document.range(of: value)].withUnsafeBufferPointer(Timestamp.init(iso:))
            : Timestamp(iso: try text(at: value))
        guard let time else { throw problem(value, "expected an ISO 8601 time") }
        return time
    }

    /// Reads digits, as GitHub sends them; whether another form such as `42.0` is a whole number, Foundation decides.
    private func wholeNumber(at value: Int) -> Int64? {
        let bytes = document.bytes[document.range(of: value)]
        if let number = Int64(String(decoding: bytes, as: UTF8.self)) { return number }
        return try? JSONDecoder().decode(Int64.self, from: Data(bytes))
    }
}

extension String {
    /// PostgreSQL stores no U+0000 in text, and JSON may carry it.
    package var withoutNUL: String {
        // Nearly all texts have none, and bodies are long: memchr looks far faster than `contains`.
        let isClean = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) == nil } ?? true
        }
        guard !(isClean ?? false) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0 }))
    }
}

/// Why a body cannot be used: names the field and what was expected, never the value.
package struct PayloadProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// The body fits its event and names no repository.
    package static let noRepository = PayloadProblem("repository: missing")

    /// The value at `path` means nothing: it is no JSON, or has half of a surrogate pair.
    package static func noValue(at path: String) -> PayloadProblem {
        PayloadProblem("\(path): not a value this field can hold")
    }

    package init(_ description: String) { self.description = description }
}
