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

extension HTTPResponse {
    /// The interim answer that lets a client send its body.
    static let proceed = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The answer to what the protocol refuses.
    init(_ refusal: HTTPRefusal) {
        self = .error(refusal.status, code: refusal.rawValue, detail: refusal.detail)
        closing = true
    }

    static let requestTimeout = HTTPResponse.error(
        408,
        code: "request_timeout",
        detail: "The request did not arrive in time."
    )

    static let tooManyStreams: HTTPResponse = {
        var response = HTTPResponse.error(503, code: "too_many_streams", detail: "There are too many streams.")
        response.fields.append("Retry-After", "10")
        return response
    }()

    /// Appends the answer to `output` as it goes over the wire.
    func write(to output: inout [UInt8], withBody: Bool, closing: Bool) {
        Self.writeHead(status, fields, to: &output)
        // 204 is the one final status used here that must not announce a length (RFC 9110, 8.6).
        if status != 204 {
            output.append(contentsOf: "\r\nContent-Length: ".utf8)
            output.append(contentsOf: String(body.count).utf8)
        }
        output.append(contentsOf: (closing ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n").utf8)
        if withBody, status != 204 { output.append(contentsOf: body) }
    }

    /// Appends the head of a stream, whose end is the end of the connection.
    ///
    /// No chunked coding: proxies add it where they need it. `X-Accel-Buffering` keeps nginx from collecting events.
    static func writeStreamHead(_ fields: HTTPFields, to output: inout [UInt8]) {
        writeHead(200, fields, to: &output)
        output.append(contentsOf: "\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no".utf8)
        output.append(contentsOf: "\r\nConnection: close\r\n\r\n".utf8)
    }

    /// Appends the head after which a connection is a WebSocket.
    static func writeUpgradeHead(_ handshake: WebSocketHandshake, _ fields: HTTPFields, to output: inout [UInt8]) {
        writeHead(101, fields, to: &output)
        output.append(contentsOf: "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ".utf8)
        output.append(contentsOf: handshake.accept.utf8)
        output.append(contentsOf: "\r\n\r\n".utf8)
    }

    private static func writeHead(_ status: Int, _ fields: HTTPFields, to output: inout [UInt8]) {
        output.append(contentsOf: "HTTP/1.1 ".utf8)
        output.append(contentsOf: String(status).utf8)
        output.append(HTTPSyntax.space)
        output.append(contentsOf: reason(status).utf8)
        for slot in fields.slots {
            output.append(contentsOf: "\r\n".utf8)
            output.append(contentsOf: fields.name(of: slot))
            output.append(contentsOf: ": ".utf8)
            output.append(contentsOf: fields.value(of: slot))
        }
        output.append(contentsOf: "\r\nX-Content-Type-Options: nosniff".utf8)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 101: "Switching Protocols"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 303: "See Other"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
