import Base

/// A JSON document that keeps the order of its keys and has nulls: readers may rely on every documented key.
package indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case members([(String, JSONValue)])
    /// Text that is JSON already, such as a `jsonb` column.
    case raw(String)

    /// The document on one line, with escapes for characters that a terminal would act on, which mean the same in JSON.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): value.isFinite ? String(value) : "null"
        case .string(let value): Self.quoted(value)
        case .array(let values): "[\(values.map(\.text).joined(separator: ","))]"
        case .members(let members):
            "{\(members.map { "\(Self.quoted($0)):\($1.text)" }.joined(separator: ","))}"
        case .raw(let json): Printable.line(json)
        }
    }

    private static func quoted(_ text: String) -> String {
        // By scalars: a quote with a combining mark behind it is another Character, and still a quote to a reader.
        let escaped = text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar == "\\" || scalar == "\"" { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return "\"\(Printable.line(escaped))\""
    }
}

extension JSONValue {
    /// An object of the members that there are.
    package static func object(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .members(members.compactMap { key, value in value.map { (key, $0) } })
    }

    package static func optional(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
    package static func optional(_ value: Int?) -> JSONValue { value.map(JSONValue.int) ?? .null }
    package static func optional(_ value: Double?) -> JSONValue { value.map(JSONValue.double) ?? .null }
}
