import Foundation
import Synchronization

/// An MCP server over HTTP that insists on everything the specification asks of a client.
package final class FakeMCP: Sendable {
    package struct Call {
        package let tool: String
        package let arguments: [String: Any]

        package func number(_ name: String) -> Int? { arguments[name] as? Int }
    }

    package enum Era: Sendable { case modern, legacy, dual }

    package struct Rules: Sendable {
        package var era: Era
        /// What the handshake answers with.
        package var version: String
        package var hasSessions: Bool
        package var hasDiscovery: Bool
        package var tools: [String]
        package var toolsOnAPage: Int
        /// Sends the message that has the response to a call.
        package var send: @Sendable (String) -> FakeServer.Reaction
        /// What a call responds with: `"result":…` or `"error":…`.
        package var respond: @Sendable (Call) -> String

        package init(
            era: Era = .dual,
            version: String = "2025-11-25",
            hasSessions: Bool = false,
            hasDiscovery: Bool = true,
            tools: [String] = FakeMCP.newTools,
            toolsOnAPage: Int = 100,
            send: @escaping @Sendable (String) -> FakeServer.Reaction = FakeMCP.json,
            respond: @escaping @Sendable (Call) -> String = { _ in FakeMCP.text("{}") }
        ) {
            self.era = era
            self.version = version
            self.hasSessions = hasSessions
            self.hasDiscovery = hasDiscovery
            self.tools = tools
            self.toolsOnAPage = toolsOnAPage
            self.send = send
            self.respond = respond
        }
    }

    private struct State {
        var rules: Rules
        var sessions: Set<String> = []
        var methods: [String] = []
        var clientAnswers: [String] = []
    }

    private let state: Mutex<State>

    package init(_ rules: Rules = Rules()) { state = Mutex(State(rules: rules)) }

    /// The methods of all messages that were taken, in order, with the name of the tool of a call.
    package var methods: [String] { state.withLock { $0.methods } }
    /// What the client answered to requests of the server.
    package var clientAnswers: [String] { state.withLock { $0.clientAnswers } }
    package var sessions: Set<String> { state.withLock { $0.sessions } }

    package func update(_ change: (inout Rules) -> Void) { state.withLock { change(&$0.rules) } }
    package func forgetSessions() { state.withLock { $0.sessions = [] } }

    package var handler: FakeServer.Handler { { [self] request in answer(request) } }

    private func answer(_ request: FakeServer.Request) -> FakeServer.Reaction {
        let rules = state.withLock { $0.rules }
        guard request.token == "ghp_test" else { return .answer(401, ["WWW-Authenticate": "Bearer"], "Unauthorized") }
        guard request.method == "POST" else { return end(request) }
        guard request.fields["accept"] == "application/json, text/event-stream",
            request.fields["content-type"] == "application/json",
            let message = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        else { return .answer(400, [:], "Bad Request") }
        guard let method = message["method"] as? String else {
            state.withLock { $0.clientAnswers.append(request.text) }
            return .answer(202)
        }
        let params = message["params"] as? [String: Any] ?? [:]
        let isModern = request.fields["mcp-protocol-version"] == "2026-07-28"
        if isModern {
            guard rules.era != .legacy else { return .answer(400, [:], "Bad Request: Unsupported protocol version") }
            if let fault = Self.fault(of: request, method, params, rules) { return Self.error(-32_020, fault) }
        } else if let refusal = legacyRefusal(request, method, rules) {
            return refusal
        }
        state.withLock { $0.methods.append((params["name"] as? String).map { "\(method) \($0)" } ?? method) }
        guard let id = message["id"] as? Int else { return .answer(202) }
        return respond(to: method, params, id, rules, isModern)
    }

    private func respond(
        to method: String,
        _ params: [String: Any],
        _ id: Int,
        _ rules: Rules,
        _ isModern: Bool
    ) -> FakeServer.Reaction {
        let head = "{\"jsonrpc\":\"2.0\",\"id\":\(id),"
        switch method {
        case "server/discover" where isModern && rules.hasDiscovery:
            return Self.json(head + "\"result\":{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"]}}")
        case "initialize":
            let result = head + "\"result\":{\"protocolVersion\":\"\(rules.version)\",\"capabilities\":{}}}"
            guard rules.hasSessions else { return Self.sse(result) }
            let session = "s-\(UUID())"
            state.withLock { _ = $0.sessions.insert(session) }
            return .answer(200, ["Content-Type": "application/json", "Mcp-Session-Id": session], result)
        case "tools/list":
            let start = Int(params["cursor"] as? String ?? "0") ?? 0
            let page = rules.tools.dropFirst(start).prefix(rules.toolsOnAPage).joined(separator: ",")
            let end = start + rules.toolsOnAPage
            let cursor = end < rules.tools.count ? ",\"nextCursor\":\"\(end)\"" : ""
            return Self.json(head + "\"result\":{\"tools\":[\(page)]\(cursor)}}")
        case "tools/call":
            let call = Call(
                tool: params["name"] as? String ?? "",
                arguments: params["arguments"] as? [String: Any] ?? [:]
            )
            guard rules.tools.contains(where: { $0.contains("\"name\":\"\(call.tool)\"") }) else {
                return Self.json(
                    head + "\"error\":{\"code\":-32602,\"message\":\"unknown tool \\\"\(call.tool)\\\"\"}}"
                )
            }
            return rules.send(head + rules.respond(call) + "}")
        default:
            return .answer(
                isModern ? 404 : 200,
                ["Content-Type": "application/json"],
                head + "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}"
            )
        }
    }

    /// What is wrong with the header fields of a modern request; nil if they say the same as its body.
    private static func fault(
        of request: FakeServer.Request,
        _ method: String,
        _ params: [String: Any],
        _ rules: Rules
    ) -> String? {
        let meta = params["_meta"] as? [String: Any] ?? [:]
        guard meta["io.modelcontextprotocol/protocolVersion"] as? String == "2026-07-28",
            meta["io.modelcontextprotocol/clientCapabilities"] is [String: Any]
        else { return "no _meta" }
        guard request.fields["mcp-method"] == method else { return "Mcp-Method" }
        guard request.fields["mcp-session-id"] == nil else { return "Mcp-Session-Id" }
        guard let name = params["name"] as? String else { return nil }
        guard decoded(request.fields["mcp-name"]) == name else { return "Mcp-Name" }
        let tool = rules.tools.first { $0.contains("\"name\":\"\(name)\"") } ?? ""
        for (key, value) in params["arguments"] as? [String: Any] ?? [:]
        where tool.contains("\"x-mcp-header\":\"\(key)\"") {
            guard decoded(request.fields["mcp-param-\(key.lowercased())"]) == "\(value)" else {
                return "Mcp-Param-\(key)"
            }
        }
        return nil
    }

    private static func decoded(_ value: String?) -> String? {
        guard let value, value.hasPrefix("=?base64?"), value.hasSuffix("?=") else { return value }
        return Data(base64Encoded: String(value.dropFirst(9).dropLast(2))).map { String(decoding: $0, as: UTF8.self) }
    }

    private func legacyRefusal(
        _ request: FakeServer.Request,
        _ method: String,
        _ rules: Rules
    ) -> FakeServer.Reaction? {
        guard rules.era != .modern else {
            let data = ",\"data\":{\"supported\":[\"2026-07-28\"]}"
            return Self.error(-32_022, "Unsupported protocol version", data)
        }
        guard method != "initialize" else { return nil }
        let version = rules.version == "2025-03-26" ? nil : rules.version
        guard request.fields["mcp-protocol-version"] == version else { return .answer(400, [:], "version") }
        guard rules.hasSessions else { return nil }
        guard let session = request.fields["mcp-session-id"] else { return .answer(400, [:], "no session") }
        return sessions.contains(session) ? nil : .answer(404, [:], "Session not found")
    }

    private func end(_ request: FakeServer.Request) -> FakeServer.Reaction {
        let session = state.withLock { $0.sessions.remove(request.fields["mcp-session-id"] ?? "") }
        return session == nil || request.method != "DELETE" ? .answer(405, ["Allow": "POST"]) : .answer(204)
    }

    private static func error(_ code: Int, _ message: String, _ data: String = "") -> FakeServer.Reaction {
        let error = "{\"code\":\(code),\"message\":\"\(message)\"\(data)}"
        return .answer(
            400,
            ["Content-Type": "application/json"],
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":\(error)}"
        )
    }
}

extension FakeMCP {
    @Sendable package static func json(_ message: String) -> FakeServer.Reaction {
        .answer(200, ["Content-Type": "application/json; charset=utf-8"], message)
    }

    @Sendable package static func sse(_ message: String) -> FakeServer.Reaction {
        stream("event: message\ndata: \(message)\n\n")
    }

    /// A stream that ends behind these events.
    package static func stream(_ events: String) -> FakeServer.Reaction { .bytes(streamHead + events) }

    package static let streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

    /// A result whose content is this JSON.
    package static func text(_ json: String, isError: Bool = false) -> String {
        let data = try? JSONSerialization.data(withJSONObject: [json])
        let quoted = String(decoding: data ?? Data(), as: UTF8.self).dropFirst().dropLast()
        return "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\(quoted)}],\"isError\":\(isError)}"
    }

    package static func structured(_ json: String) -> String {
        text(json).dropLast() + ",\"structuredContent\":\(json),\"resultType\":\"complete\"}"
    }

    package static func refusal(_ message: String, code: Int = 0) -> String {
        let data = try? JSONSerialization.data(withJSONObject: [message])
        let quoted = String(decoding: data ?? Data(), as: UTF8.self).dropFirst().dropLast()
        return "\"error\":{\"code\":\(code),\"message\":\(quoted)}"
    }

    private static func tool(_ name: String, _ arguments: String, mirrors: Bool) -> String {
        let all = (["owner", "repo"] + arguments.split(separator: " ").map(String.init)).map { argument in
            let isMirrored = mirrors && (argument == "owner" || argument == "repo" || argument == "title")
            let field = isMirrored ? ",\"x-mcp-header\":\"\(argument)\"" : ""
            return "\"\(argument)\":{\"type\":\"string\"\(field)}"
        }
        let schema = "{\"type\":\"object\",\"properties\":{\(all.joined(separator: ","))}}"
        return "{\"name\":\"\(name)\",\"description\":\"\",\"inputSchema\":\(schema)}"
    }

    package static let newTools = [
        tool("get_me", "", mirrors: true),
        tool("issue_read", "method issue_number page perPage", mirrors: true),
        tool("issue_write", "method issue_number title body labels assignees state state_reason", mirrors: true),
        tool("add_issue_comment", "issue_number body", mirrors: true),
        tool("pull_request_read", "method pullNumber", mirrors: true),
    ]
    package static let newestTools = newTools + [tool("update_issue_comment", "comment_id body", mirrors: true)]
    package static let oldTools = [
        tool("get_issue", "issue_number", mirrors: false), tool("get_issue_comments", "issue_number", mirrors: false),
        tool("create_issue", "title body", mirrors: false), tool("update_issue", "issue_number state", mirrors: false),
        tool("add_issue_comment", "issue_number body", mirrors: false),
        tool("get_pull_request", "pullNumber", mirrors: false),
    ]

    package static let issue = """
        {"number":7,"title":"&lt;b&gt;","body":"rewritten","state":"closed","state_reason":"not_planned","labels":["bug"],
        "assignees":["octocat"],"comments":3,"updated_at":"2026-09-21T14:13:20Z","user":{"id":7,"login":"octocat"}}
        """
    package static let oldIssue = """
        {"id":1007,"number":7,"title":"<b>","state":"open","labels":[{"id":1,"name":"bug"}],"comments":0,
        "assignees":[{"id":7,"login":"octocat"}],"updated_at":"2026-09-21T14:13:20Z","html_url":"https://x/issues/7"}
        """
}
