import HTTP
import Testing

/// Raw bytes of one connection and what they must come to.
struct HTTPVector: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable, Equatable {
        /// These bodies are dispatched, and the connection is ready for the next request.
        case accepted([String])
        case refused(HTTPRefusal)
        /// Nothing is dispatched or refused: more has to come.
        case incomplete
    }

    let rule: String
    let bytes: [UInt8]
    let outcome: Outcome

    var testDescription: String { rule }

    init(_ rule: String, _ text: String, _ outcome: Outcome) {
        self.rule = rule
        // Scalars up to U+00FF stand for bytes, so that a table can hold any.
        bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        self.outcome = outcome
    }

    /// A POST with these header lines beside Host.
    static func post(_ rule: String, _ lines: [String], _ body: String, _ outcome: Outcome) -> HTTPVector {
        let head = ["POST /hook HTTP/1.1", "Host: a"] + lines
        return HTTPVector(rule, head.map { $0 + "\r\n" }.joined() + "\r\n" + body, outcome)
    }

    /// A POST whose body comes in chunks.
    static func chunks(_ rule: String, _ body: String, _ outcome: Outcome) -> HTTPVector {
        post(rule, ["Transfer-Encoding: chunked"], body, outcome)
    }

    /// A request line of its own before a Host and a body of one byte.
    static func line(_ rule: String, _ line: String, _ outcome: Outcome) -> HTTPVector {
        HTTPVector(rule, "\(line)\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", outcome)
    }

    static let all = accepted + requestLines + fields + lengths + chunked + bombs
}
