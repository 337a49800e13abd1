import Base

/// The fields of `application/x-www-form-urlencoded`, as forms and queries carry them.
///
/// A value is decoded when it is asked for: those of other names may hold anything.
package struct HTTPForm: Sendable {
    package enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        case escape
        case notText
        case repeated

        package var description: String {
            switch self {
            case .escape: "The form holds a % that is not followed by two hex digits."
            case .notText: "The form holds a field that is not UTF-8."
            case .repeated: "The form holds a field twice that may be there once."
            }
        }
    }

    private let bytes: [UInt8]

    package init(_ body: [UInt8]) { bytes = body }

    /// The fields of a target's query; none where it has no query.
    package init(query: String?) { bytes = query.map { Array($0.utf8) } ?? [] }

    /// The values of all fields called `name`, in order and not decoded.
    package func encoded(_ name: String) throws(Problem) -> [ArraySlice<UInt8>] {
        var values: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let field = rest.prefix { $0 != UInt8(ascii: "&") }
            rest = rest[field.endIndex...].dropFirst()
            let end = field.firstIndex(of: UInt8(ascii: "=")) ?? field.endIndex
            guard !field.isEmpty, try Self.decoded(field[..<end]).elementsEqual(name.utf8) else { continue }
            values.append(field[end...].dropFirst())
        }
        return values
    }

    /// The values of all fields called `name`, in order.
    package func all(_ name: String) throws(Problem) -> [String] {
        var texts: [String] = []
        for value in try encoded(name) {
            guard let text = String(validating: try Self.decoded(value), as: UTF8.self) else { throw .notText }
            texts.append(text)
        }
        return texts
    }

    /// The value of the only field called `name`; nil when there is none.
    package func only(_ name: String) throws(Problem) -> String? {
        let values = try all(name)
        guard values.count <= 1 else { throw .repeated }
        return values.first
    }

    /// The bytes that an encoded name or value stands for.
    package static func decoded(_ text: ArraySlice<UInt8>) throws(Problem) -> [UInt8] {
        guard let bytes = PercentEncoding.decoded(text, plus: HTTPSyntax.space) else { throw .escape }
        return bytes
    }
}

/// Bytes written as `%` and two hex digits (RFC 3986, 2.1).
package enum PercentEncoding {
    /// Nil when a `%` is not followed by two hex digits; each `+` becomes `plus`, which in a path is itself.
    package static func decoded(
        _ text: some Collection<UInt8>,
        plus: UInt8 = UInt8(ascii: "+")
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(plus)
            case UInt8(ascii: "%"):
                guard let high = rest.next()?.hexValue, let low = rest.next()?.hexValue else { return nil }
                bytes.append(high << 4 | low)
            default:
                bytes.append(byte)
            }
        }
        return bytes
    }
}
