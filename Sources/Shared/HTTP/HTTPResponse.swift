import Foundation

/// An answer: a status, fields and a body that is there in whole.
///
/// The server adds Content-Length, X-Content-Type-Options and, where the connection ends, Connection.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var fields: HTTPFields
    package var body: [UInt8]
    /// Whether the connection ends with this answer.
    package var closing: Bool

    package init(status: Int, fields: HTTPFields = [:], body: [UInt8] = [], closing: Bool = false) {
        self.status = status
        self.fields = fields
        self.body = body
        self.closing = closing
    }

    /// JSON that is already encoded.
    package static func json(_ status: Int, bytes: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: status, fields: ["Content-Type": "application/json"], body: bytes)
    }

    /// Encodes `value` with its keys in order; throws what `JSONEncoder` throws.
    package static func json(_ status: Int, _ value: some Encodable) throws -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(status, bytes: Array(try encoder.encode(value)))
    }

    /// `text` as UTF-8.
    package static func text(
        _ status: Int,
        _ text: String,
        type: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(status: status, fields: ["Content-Type": type], body: Array(text.utf8))
    }

    /// `{"error":"<code>","detail":"<sentence>"}`, the body of every answer that is not a success.
    package static func error(_ status: Int, code: String, detail: String) -> HTTPResponse {
        var body = Array("{\"error\":".utf8)
        appendString(code, to: &body)
        body.append(contentsOf: ",\"detail\":".utf8)
        appendString(detail, to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(status, bytes: body)
    }

    /// Appends `text` as a JSON string; made by hand because errors are what a flood of bad requests costs.
    private static func appendString(_ text: String, to body: inout [UInt8]) {
        body.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                body.append(UInt8(ascii: "\\"))
                body.append(byte)
            case 0..<0x20:
                body.append(HTTPSyntax.space)
            default:
                body.append(byte)
            }
        }
        body.append(UInt8(ascii: "\""))
    }
}
