/// Why a request is refused by the protocol itself, before any service sees it.
///
/// The raw value is the `error` code of the answer. After any of these the connection closes: what follows on it can
/// no longer be told apart from the rest of the bad request.
package enum HTTPRefusal: String, Error, Sendable, Hashable, CaseIterable {
    case requestLine = "bad_request_line"
    case method = "bad_method"
    case connectMethod = "method_not_implemented"
    case target = "bad_target"
    case targetTooLong = "target_too_long"
    case version = "version_not_supported"
    case lineEnding = "bad_line_ending"
    case controlByte = "control_byte"
    case field = "bad_field"
    case foldedField = "folded_field"
    case tooManyFields = "too_many_fields"
    case headTooLarge = "head_too_large"
    case host = "bad_host"
    case contentLength = "bad_content_length"
    case lengthAndEncoding = "ambiguous_length"
    case transferEncoding = "bad_transfer_encoding"
    case unknownTransferEncoding = "unknown_transfer_encoding"
    case expectation = "expectation_failed"
    case contentEncoding = "content_encoding"
    case chunk = "bad_chunk"
    case chunkExtensions = "chunk_extensions_too_large"
    case trailersTooLarge = "trailers_too_large"
    case bodyTooLarge = "body_too_large"

    package var status: Int {
        switch self {
        case .targetTooLong: 414
        case .tooManyFields, .headTooLarge, .trailersTooLarge: 431
        case .version: 505
        case .unknownTransferEncoding, .connectMethod: 501
        case .expectation: 417
        case .contentEncoding: 415
        case .bodyTooLarge: 413
        default: 400
        }
    }

    /// The sentence for the sender; it repeats nothing of what was sent.
    package var detail: String {
        switch self {
        case .requestLine: "The request line must be a method, a target and a version with one space between them."
        case .method: "The method must be a word of upper-case letters."
        case .connectMethod: "This server opens no tunnels."
        case .target: "The target must be a path or an absolute http URI in printable ASCII, without a fragment."
        case .targetTooLong: "The request line is too long."
        case .version: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .lineEnding: "Lines must end with CRLF."
        case .controlByte: "The head holds a control byte."
        case .field: "A header field must be a name, a colon without a space before it, and a value."
        case .foldedField: "A header field must not go on in another line."
        case .tooManyFields: "There are too many header fields."
        case .headTooLarge: "The head is too large."
        case .host: "There must be exactly one well-formed Host."
        case .contentLength: "There must be at most one Content-Length, of digits only."
        case .lengthAndEncoding: "Content-Length and Transfer-Encoding must not come together."
        case .transferEncoding: "Transfer-Encoding must be exactly 'chunked', once, and only on HTTP/1.1."
        case .unknownTransferEncoding: "The only Transfer-Encoding known here is 'chunked'."
        case .expectation: "The only expectation known here is '100-continue'."
        case .contentEncoding: "The body must not be compressed."
        case .chunk: "The chunks of the body are malformed."
        case .chunkExtensions: "The chunk extensions are too large."
        case .trailersTooLarge: "The trailer is too large."
        case .bodyTooLarge: "The body is too large."
        }
    }
}
