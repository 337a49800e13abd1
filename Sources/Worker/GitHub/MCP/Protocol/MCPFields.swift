import Base
import Foundation
import JSON

extension MCPEra {
    /// What every message over HTTP carries.
    var fields: [String] {
        switch self {
        case .modern: return ["MCP-Protocol-Version: \(Self.modernVersion)"]
        case .legacy(let version, let session):
            // There was no such field in 2025-03-26, and there is no version before the handshake.
            let isNamed = version != "2025-03-26" && !version.isEmpty
            return (isNamed ? ["MCP-Protocol-Version: \(version)"] : [])
                + (session.map { ["Mcp-Session-Id: \($0)"] } ?? [])
        }
    }
}

extension MCPRequest {
    /// The header fields; in the modern era, servers in between see by them where a request goes, without reading it.
    func fields(in era: MCPEra) -> [String] {
        var fields = era.fields
        guard era == .modern else { return fields }
        fields.append("Mcp-Method: \(method)")
        guard let call else { return fields }
        fields.append("Mcp-Name: \(Self.fieldValue(call.tool.name))")
        for (name, value) in call.arguments {
            guard let field = call.tool.fields[name], let text = value.fieldText else { continue }
            fields.append("\(field): \(Self.fieldValue(text))")
        }
        return fields
    }

    /// A text as a header field can carry it: in base64 unless it is plain ASCII without blanks around it.
    static func fieldValue(_ text: String) -> String {
        let bytes = text.utf8
        let isPlain =
            bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && bytes.first != UInt8(ascii: " ")
            && bytes.last != UInt8(ascii: " ") && !text.hasPrefix("=?base64?") && !bytes.isEmpty
        return isPlain ? text : "=?base64?\(Data(bytes).base64EncodedString())?="
    }
}

extension JSONValue {
    /// Only texts, whole numbers and truth values are mirrored.
    fileprivate var fieldText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }
}
