import Base
import Foundation

/// How GitHub's MCP server is reached, if it is.
package enum MCPConfig: Sendable, Equatable {
    /// Over Streamable HTTP, with a token that each request carries.
    case http(url: String, Secret)
    /// A program that we start; the token is in its environment.
    case command(MCPCommand)

    /// Reads `GITHUB_MCP_URL` or `GITHUB_MCP_COMMAND`, with `GITHUB_TOKEN` or `GITHUB_TOKEN_FILE`; nil if neither of the
    /// first two is set.
    package init?(_ environment: Environment) throws(Environment.Problem) {
        let (urlName, commandName) = ("GITHUB_MCP_URL", "GITHUB_MCP_COMMAND")
        let example = "https://api.githubcopilot.com/mcp/"
        let url = try environment.address(urlName, like: example) { (text) throws(APIAddress.Problem) in
            _ = try APIAddress.checkedParts(text)
            return text
        }
        let token = try environment.personalToken()
        switch (url, environment.string(commandName)) {
        case (nil, nil): return nil
        case (_?, _?):
            throw Environment.Problem("\(urlName) and \(commandName) are both set, expected one of them")
        case (let url?, nil):
            guard let token else {
                throw Environment.Problem("\(urlName) is set, expected GITHUB_TOKEN or GITHUB_TOKEN_FILE with it")
            }
            self = .http(url: url, token)
        case (nil, let text?):
            self = .command(try MCPCommand(text, named: commandName, token: token, in: environment))
        }
    }

    /// Never shown, even where the server itself says it.
    var token: Secret? {
        switch self {
        case .http(_, let token): token
        case .command(let command): command.token
        }
    }
}
