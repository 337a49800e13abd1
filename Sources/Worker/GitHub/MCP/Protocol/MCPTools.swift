import Base
import JSON

/// What can be done through an MCP server, if it has the tool for it.
///
/// There is no tool that gives a title or body as it is stored, and none that deletes a comment.
package enum MCPOperation: String, Sendable, CaseIterable {
    case readIssue, readComments, readPullRequest, createIssue, updateIssue, addComment, editComment

    /// Names of tools, the newest first, with the value of their argument `method` if they have one.
    ///
    /// Releases before v0.20 have a tool for each; aliases do not work in calls.
    fileprivate var candidates: [(tool: String, method: String?)] {
        switch self {
        case .readIssue: [("issue_read", "get"), ("get_issue", nil)]
        case .readComments: [("issue_read", "get_comments"), ("get_issue_comments", nil)]
        case .readPullRequest: [("pull_request_read", "get"), ("get_pull_request", nil)]
        case .createIssue: [("issue_write", "create"), ("create_issue", nil)]
        case .updateIssue: [("issue_write", "update"), ("update_issue", nil)]
        case .addComment: [("add_issue_comment", nil)]
        case .editComment: [("update_issue_comment", nil)]
        }
    }
}

/// What an MCP server can do for us.
package struct MCPCapabilities: Sendable, Equatable {
    package let operations: Set<MCPOperation>
    /// Whether an issue can be closed with a reason; without it GitHub notes `completed`.
    package let closesWithReason: Bool
    /// Whether labels and assignees can be emptied.
    package let emptiesLists: Bool
}

/// A tool of a server, and the arguments that are to be repeated in header fields.
struct MCPTool: Sendable {
    let name: String
    let arguments: Set<String>
    /// Names of fields by the names of arguments: `Mcp-Param-owner` for `owner`.
    let fields: [String: String]

    /// - Throws: where the field is none, for which a tool must be left out.
    init(_ object: JSONObject) throws(PayloadProblem) {
        name = try object.exactText("name")
        let properties = try object.objectIfPresent("inputSchema")?.objectIfPresent("properties")
        arguments = properties.map { Set($0.keys) } ?? []
        var fields: [String: String] = [:]
        for (argument, schema) in properties?.objects ?? [] where schema.has("x-mcp-header") {
            let field = try schema.exactText("x-mcp-header")
            guard (1...100).contains(field.utf8.count), field.utf8.allSatisfy(\.isFieldName) else {
                throw schema.problem(with: "x-mcp-header", "expected the name of a header field")
            }
            fields[argument] = "Mcp-Param-\(field)"
        }
        self.fields = fields
    }
}

/// The tools of a server.
struct MCPTools: Sendable {
    private var byName: [String: MCPTool] = [:]

    /// Takes one page of a list; what cannot be read is left out.
    mutating func add(_ page: JSONObject) throws(PayloadProblem) {
        for tool in try page.objectsIfPresent("tools", { try? MCPTool($0) }) ?? [] {
            if let tool { byName[tool.name] = tool }
        }
    }

    var count: Int { byName.count }

    /// The tool for an operation; nil if the server has none.
    func tool(for operation: MCPOperation) -> (tool: MCPTool, method: String?)? {
        operation.candidates.lazy.compactMap { candidate in
            byName[candidate.tool].map { ($0, candidate.method) }
        }.first
    }

    var capabilities: MCPCapabilities {
        let update = tool(for: .updateIssue)
        return MCPCapabilities(
            operations: Set(MCPOperation.allCases.filter { tool(for: $0) != nil }),
            closesWithReason: update?.tool.arguments.contains("state_reason") ?? false,
            // The tools of old releases take an empty list for none.
            emptiesLists: update?.method != nil
        )
    }
}

extension UInt8 {
    /// RFC 9110, section 5.6.2.
    fileprivate var isFieldName: Bool { isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains(self) }
}
