import Base

/// A JSON document whose keys keep their order, nulls included: readers may count on every documented key.
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

    /// The document on one line; characters a terminal would act on are escaped, which means the same to every reader.
    package var text: String {
        var text = ""
        append(to: &text)
        return text
    }

    private func append(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += value.isFinite ? String(value) : "null"
        case .string(let value): Self.append(quoted: value, to: &text)
        case .array(let values):
            for (index, value) in values.enumerated() {
                text += index == 0 ? "[" : ","
                value.append(to: &text)
            }
            text += values.isEmpty ? "[]" : "]"
        case .members(let members):
            for (index, (name, value)) in members.enumerated() {
                text += index == 0 ? "{" : ","
                Self.append(quoted: name, to: &text)
                text += ":"
                value.append(to: &text)
            }
            text += members.isEmpty ? "{}" : "}"
        case .raw(let json): text += Printable.line(json)
        }
    }

    private static func append(quoted value: String, to text: inout String) {
        text += "\""
        // Nearly all texts are plain ASCII, and each event's result has a dozen.
        if value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            text += value
        } else {
            // By scalars: a quote with a combining mark behind it is another Character, and still a quote to a reader.
            let escaped = value.unicodeScalars.reduce(into: "") { result, scalar in
                if scalar == "\\" || scalar == "\"" { result.unicodeScalars.append("\\") }
                result.unicodeScalars.append(scalar)
            }
            text += Printable.line(escaped)
        }
        text += "\""
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
