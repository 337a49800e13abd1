import Base
import Foundation

/// A request to go on as a WebSocket that may be granted (RFC 6455, 4.2); `HTTPReply.webSocket` grants it.
package struct WebSocketHandshake: Sendable {
    package enum Problem: Error, Sendable, Equatable, CaseIterable {
        case notAnUpgrade, version, key, origin

        /// The answer to such a request.
        package var response: HTTPResponse {
            switch self {
            case .notAnUpgrade:
                Self.upgradeRequired(
                    "not_a_websocket",
                    "Only WebSocket handshakes, GET over HTTP/1.1, are answered here."
                )
            case .version: Self.upgradeRequired("websocket_version", "Only version 13 of WebSocket is spoken here.")
            case .key:
                .error(
                    400,
                    code: "websocket_key",
                    detail: "Sec-WebSocket-Key must be there once, as base64 of 16 bytes."
                )
            case .origin: .error(403, code: "foreign_origin", detail: "Pages of other servers may not connect.")
            }
        }

        private static func upgradeRequired(_ code: String, _ detail: String) -> HTTPResponse {
            var response = HTTPResponse.error(426, code: code, detail: detail)
            response.fields.append("Upgrade", "websocket")
            response.fields.append("Connection", "Upgrade")
            response.fields.append("Sec-WebSocket-Version", "13")
            return response
        }
    }

    /// What proves to the client that the server has understood it.
    let accept: String

    /// Checks the head of a request.
    ///
    /// A browser lets any page open a WebSocket to any server, with that server's credentials. Only `Origin` tells:
    /// `isOwn` says whether one such as `https://example.org` is the server's own. It is given nil where the client
    /// names none, which no browser does.
    package init(_ head: HTTPRequestHead, fromOrigin isOwn: (String?) -> Bool) throws(Problem) {
        let fields = head.fields
        guard head.method == "GET", !head.hasBody, !head.framing.wantsClose,
            Self.list(fields, "upgrade", has: "websocket"), Self.list(fields, "connection", has: "upgrade")
        else { throw .notAnUpgrade }
        guard fields.all("sec-websocket-version") == ["13"] else { throw .version }
        let keys = fields.all("sec-websocket-key")
        guard keys.count == 1, let bytes = Data(base64Encoded: keys[0]), bytes.count == 16 else { throw .key }
        let origins = fields.all("origin")
        guard origins.count <= 1, isOwn(origins.first) else { throw .origin }
        accept = Self.accept(key: keys[0])
    }

    /// The answer to a key (RFC 6455, 4.2.2): a cache that only repeats what it has seen cannot know it.
    static func accept(key: String) -> String {
        Data(sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)).base64EncodedString()
    }

    /// Whether one of the elements of the lists in the fields called `name` is `word`, in whatever case.
    private static func list(_ fields: HTTPFields, _ name: String, has word: StaticString) -> Bool {
        fields.all(name).contains { value in
            value.utf8.split(separator: UInt8(ascii: ",")).contains { HTTPSyntax.trimmed(Array($0)[...]).spells(word) }
        }
    }
}
