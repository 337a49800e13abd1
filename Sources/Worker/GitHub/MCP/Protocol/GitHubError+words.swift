import Base
import Foundation

extension GitHubError {
    /// The error that an MCP server tells in words: GitHub's answer has been through its program.
    ///
    /// The same words come as the error of a JSON-RPC response and as the text of a tool's result.
    init(words: String, code: Int64? = nil, to request: MCPRequest, now: Timestamp) {
        let text = String(words.prefix(4000))
        let words = Self.line(text)
        // `failed to get issue: GET https://api.github.com/…: 404 Not Found []`
        let answer = text.firstMatch(of: /\b(?:GET|POST|PATCH|PUT|DELETE) \S+: (\d{3})\b *([^\n]*)/)
        let status = answer.flatMap { Int($0.output.1) }
        let message = answer.map { Self.line(String($0.output.2).replacing(/\s*\[\]$/, with: "")) } ?? words
        if status == nil || status == 403 || status == 429, let limit = Self.rateLimit(text, now) {
            self = limit
            return
        }
        switch status {
        case 401: self = .unauthorized
        case 403, 423, 451: self = .forbidden(message)
        case 404: self = .notFound
        case 410: self = .gone
        case 408, 409, 425: self = .transient(message)
        case .some(400..<500): self = .validation(message)
        case let status?: self = request.failure("status \(status)")
        case nil: self = Self.withoutStatus(text, words, code, request)
        }
    }

    private static func withoutStatus(
        _ text: String,
        _ words: String,
        _ code: Int64?,
        _ request: MCPRequest
    ) -> GitHubError {
        if code == MCPRefusal.unknownMethod { return .transient(words) }
        // `Get "https://…": dial tcp: lookup github.example.com: no such host`: the reason may name a host.
        if text.contains(/\b(?:Get|Post|Patch|Put|Delete) "https?:/) {
            return request.failure("the MCP server has no answer of GitHub's")
        }
        if text.contains("Bad credentials") { return .unauthorized }
        // GraphQL's way to say 404.
        if text.contains("Could not resolve to a") { return .notFound }
        // `Issue.title (missing_field)` is one line of a 422.
        let isInvalid =
            text.contains("Validation Failed") || text.contains(/\b[A-Z]\w*\.\w* \(\w+\)/)
            || text.hasPrefix("missing required parameter") || text.contains(/^parameter \S+ is not\b/)
        return isInvalid || code == MCPRefusal.invalidParameters ? .validation(words) : request.failure(words)
    }

    /// `GitHub API rate limit exceeded. Retry after 29m59s.`, or GitHub's own words with `[rate reset in 59m59s]`; or
    /// that of a server which remembers, `403 API secondary rate limit exceeded until 2026-09-21 14:13:50.66 +0000 UTC`.
    private static func rateLimit(_ text: String, _ now: Timestamp) -> GitHubError? {
        let lowercased = text.lowercased()
        let isSecondary = lowercased.contains("secondary rate limit") || lowercased.contains("abuse detection")
        guard isSecondary || lowercased.contains("rate limit") && lowercased.contains("exceeded") else { return nil }
        let named = lowercased.firstMatch(of: /(?:retry after|reset in|try again in) ([0-9a-zµ.]*[a-z])/)
        let end = text.firstMatch(of: /until (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\S* \+0000/)
            .flatMap { Timestamp(iso: "\($0.output.1)T\($0.output.2)Z") }
        let rest = end.map { ($0.microseconds - now.microseconds) / 1_000_000 + 1 }
        let wait = named.flatMap { goSeconds($0.output.1) } ?? rest ?? RateLimitRefusal.unnamed
        let until = now.later(bySeconds: RateLimitRefusal.believed(wait))
        return .rateLimited(until: until, isSecondary ? .secondary : .primary)
    }

    /// Whole seconds, rounded up, of a duration as Go writes it: `1h2m3s`, `1.5s`, `250ms`; nil for anything else.
    static func goSeconds(_ text: some StringProtocol) -> Int64? {
        let text = String(text)
        guard text.wholeMatch(of: /(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns))+/) != nil else { return nil }
        let seconds = text.matches(of: /(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/).reduce(0.0) { sum, part in
            let unit: Double =
                switch part.output.2 {
                case "h": 3600
                case "m": 60
                case "s": 1
                case "ms": 0.001
                default: 0
                }
            return sum + (Double(part.output.1) ?? 0) * unit
        }
        return seconds < 1e15 ? Int64(seconds.rounded(.up)) : nil
    }
}
