import Base
import JSON

/// A request of ours to an MCP server, in JSON-RPC.
struct MCPRequest: Sendable {
    let method: String
    var params: [(String, JSONValue)] = []
    /// The tool that is called, and with what.
    var call: MCPToolCall?
    /// Whether doing it twice makes two things; such a request is never repeated unless it surely did nothing.
    var creates = false

    /// The message; in the modern era it says itself what the handshake says in the others.
    func message(_ id: Int, in era: MCPEra) -> String {
        var params = params
        if let call {
            params += [("name", .string(call.tool.name)), ("arguments", .members(call.arguments))]
        }
        if era == .modern {
            let meta: JSONValue = .object([
                "io.modelcontextprotocol/protocolVersion": .string(MCPEra.modernVersion),
                "io.modelcontextprotocol/clientInfo": MCPEra.clientInfo,
                "io.modelcontextprotocol/clientCapabilities": .members([]),
            ])
            params.append(("_meta", meta))
        }
        return JSONValue.object([
            "jsonrpc": .string("2.0"), "id": .int(id), "method": .string(method), "params": .members(params),
        ]).text
    }

    static func notification(_ method: String, _ params: JSONValue? = nil) -> String {
        JSONValue.object(["jsonrpc": .string("2.0"), "method": .string(method), "params": params]).text
    }

    /// The error of a request whose outcome is not known.
    func failure(_ reason: String, until: Timestamp? = nil) -> GitHubError {
        creates ? .outcomeUnknown(reason) : .transient(reason, until: until)
    }

    func failure(_ failure: TransportFailure) -> GitHubError {
        if creates, failure.mayHaveArrived { return .outcomeUnknown(failure.reason.rawValue) }
        return failure.reason == .cancelled ? .cancelled : .transient(failure.reason.rawValue)
    }
}

/// A tool with its arguments.
struct MCPToolCall: Sendable {
    let tool: MCPTool
    let arguments: [(String, JSONValue)]
}

/// A message of an MCP server.
enum MCPIncoming {
    /// The response to the request with this id: a result, or an error.
    case response(id: Int64, JSONDocument)
    /// A request of the server, with what is to be answered; we offer nothing but the answer to a ping.
    case request(answer: String)
    /// Notifications, and what cannot be read.
    case other

    init(_ bytes: [UInt8]) {
        guard let document = try? JSONDocument(bytes), let object = try? JSONObject(document) else {
            self = .other
            return
        }
        let number = try? object.wholeNumber("id")
        if let method = object.textIfReadable("method") {
            let name = object.textIfReadable("id").map(JSONValue.string)
            guard let id = name ?? number.map({ .int(Int($0)) }) else {
                self = .other
                return
            }
            self = .request(answer: Self.answer(to: method, id))
        } else if let number, object.has("result") || object.has("error") {
            self = .response(id: number, document)
        } else {
            self = .other
        }
    }

    private static func answer(to method: String, _ id: JSONValue) -> String {
        let isPing = method == "ping"
        let error: JSONValue = .object(["code": .int(-32601), "message": .string("Method not found")])
        return JSONValue.object([
            "jsonrpc": .string("2.0"), "id": id, "result": isPing ? .members([]) : nil, "error": isPing ? nil : error,
        ]).text
    }
}

/// What a JSON-RPC error says.
struct MCPRefusal: Error, Equatable {
    let code: Int64
    let message: String
    /// Versions of the protocol that the server names instead of ours.
    let versions: [String]
    /// Of the HTTP answer that it came with; 200 over stdio.
    let status: Int

    /// Nil if the message has no error.
    init?(_ message: JSONDocument, status: Int = 200) {
        guard let error = try? JSONObject(message).objectIfPresent("error") else { return nil }
        code = (try? error.wholeNumber("code")) ?? 0
        self.message = error.textIfReadable("message") ?? ""
        let data = try? error.objectIfPresent("data")
        versions = (try? data?.textsIfPresent("supported")) ?? []
        self.status = status
    }

    static let unsupportedVersion: Int64 = -32_022
    static let headerMismatch: Int64 = -32_020
    static let invalidParameters: Int64 = -32_602
    static let unknownMethod: Int64 = -32_601
}
