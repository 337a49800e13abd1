import Base

extension HTTPResponse {
    /// The interim answer that lets a client send its body.
    static let proceed = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The answer to what the protocol refuses.
    init(_ refusal: HTTPRefusal) {
        self = .error(refusal.status, code: refusal.rawValue, detail: refusal.detail)
        closing = true
    }

    /// Appends the answer to `output` as it goes over the wire.
    func write(to output: inout [UInt8], withBody: Bool, closing: Bool) {
        output.append(contentsOf: "HTTP/1.1 ".utf8)
        output.append(contentsOf: String(status).utf8)
        output.append(HTTPSyntax.space)
        output.append(contentsOf: Self.reason(status).utf8)
        for slot in fields.slots {
            output.append(contentsOf: "\r\n".utf8)
            output.append(contentsOf: fields.name(of: slot))
            output.append(contentsOf: ": ".utf8)
            output.append(contentsOf: fields.value(of: slot))
        }
        output.append(contentsOf: "\r\nX-Content-Type-Options: nosniff".utf8)
        // 204 is the one final status used here that must not announce a length (RFC 9110, 8.6).
        if status != 204 {
            output.append(contentsOf: "\r\nContent-Length: ".utf8)
            output.append(contentsOf: String(body.count).utf8)
        }
        output.append(contentsOf: (closing ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n").utf8)
        if withBody, status != 204 { output.append(contentsOf: body) }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
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
        case 422: "Unprocessable Content"
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
