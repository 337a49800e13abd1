/// A request line and its header fields, checked whole before anybody sees them.
package struct HTTPRequestHead: Sendable {
    /// In upper case, as it came.
    package let method: String
    /// As it came, printable ASCII only.
    package let target: String
    /// The target without its query, and without scheme and authority where those came; not percent-decoded.
    package let path: String
    /// What follows the first `?` of the target.
    package let query: String?
    package let version: HTTPVersion
    package let fields: HTTPFields
    /// Declared bytes of the body; nil when it comes in chunks, or when there is none.
    package let contentLength: Int?
    /// The numeric address at the other end of the socket.
    package let peer: String
    /// The peer, or what a trusted proxy says about who stands behind it.
    package internal(set) var client: String

    let framing: HTTPFraming

    /// Whether bytes of a body follow the head.
    package var hasBody: Bool {
        switch framing.body {
        case .none, .fixed(0): false
        case .fixed, .chunked: true
        }
    }
}
