import Base
import Foundation
import Synchronization
import TestSupport

/// A repository on a GitHub of the test's own: issues, comments and labels, as its REST API lists them.
final class FakeRepository: Sendable {
    struct State: Sendable {
        var issues: [SampleIssue] = []
        /// Each with the number of its issue.
        var comments: [(issue: Int64, comment: SampleComment)] = []
        var labels: [SampleLabel] = []
        /// They are among the issues as well.
        var pulls: [SamplePullRequest] = []
        /// Whether the list of issues says how many pages it has, too.
        var numbersIssues = false
        /// What is left of the primary limit; nil: there is none.
        var callsLeft: Int?
        var calls = 0
        /// The answers that come instead of the next ones.
        var obstacles: [FakeServer.Reaction] = []
        /// The answers that come instead of those to the next writes, which are carried out all the same.
        var lostAnswers: [FakeServer.Reaction] = []
        /// Changes of issues and comments through the API, each as its method, path and body.
        var writes: [String] = []
        /// Those that changed nothing; a person's change since the API last showed the issue excuses them.
        var writesWithoutEffect = 0
        var writesThatCameLate = 0
        /// How often the API showed one issue.
        var issueReads = 0
        /// The issues that people changed since the API last showed them.
        var changedByPeople: Set<Int64> = []
        /// Changes made so far.
        var changes = 0
        /// The id of the newest comment that was made; nobody gets one twice.
        var newestComment: Int64 = 0
        /// Who may be assigned.
        var assignable: [SampleUser] = []
        /// What the webhook is told of the change that is being made.
        var told: [Event] = []

        /// Changes the comment with an id.
        mutating func changeComment(_ id: Int64, _ change: (inout SampleComment) -> Void) {
            for place in comments.indices where comments[place].comment.id == id { change(&comments[place].comment) }
        }
    }

    /// A delivery to the webhook.
    struct Event: Sendable {
        let name: String
        let body: [UInt8]
    }

    /// Whose token the API's calls come with.
    static let machine = SampleUser(id: 4_711, login: "machine")

    let repository: SampleRepository
    private let state: Mutex<State>
    private let webhook: @Sendable (Event) -> Void

    init(_ repository: SampleRepository, _ state: State, webhook: @escaping @Sendable (Event) -> Void = { _ in }) {
        self.repository = repository
        self.state = Mutex(state)
        self.webhook = webhook
    }

    var calls: Int { state.withLock { $0.calls } }
    var now: State { state.withLock { $0 } }

    /// Makes a change, and tells the webhook of it.
    @discardableResult func update<Value: Sendable>(_ change: (inout State) -> Value) -> Value {
        let (value, told) = state.withLock { state in
            let value = change(&state)
            defer { state.told = [] }
            return (value, state.told)
        }
        told.forEach(webhook)
        return value
    }

    var handler: FakeServer.Handler {
        { [self] request in
            update { state in
                state.calls += 1
                if !state.obstacles.isEmpty { return state.obstacles.removeFirst() }
                guard request.method != "GET" else { return answer(request, &state) }
                let answer = answer(toWrite: request, &state)
                return state.lostAnswers.isEmpty ? answer : state.lostAnswers.removeFirst()
            }
        }
    }

    private func answer(_ request: FakeServer.Request, _ state: inout State) -> FakeServer.Reaction {
        let root = "/repos/\(repository.fullName)"
        switch request.path {
        case root:
            return one([
                "id": repository.id, "full_name": repository.fullName, "private": true, "default_branch": "main",
                "html_url": "https://github.com/\(repository.fullName)",
            ])
        case "/user": return one(["id": Self.machine.id, "login": Self.machine.login])
        case let path where path.hasPrefix("/user/"):
            let user = state.assignable.first { path == "/user/\($0.id)" }
            return user.map { one(["id": $0.id, "login": $0.login]) } ?? Self.notFound
        case "\(root)/labels": return list(state.labels.map(\.json), request, state)
        case "\(root)/pulls":
            return list(state.pulls.map { $0.json(in: repository) }, request, state)
        case "\(root)/issues":
            let issues = issues(request, state).map { json($0, state) }
            return list(issues, request, state, byTime: request.parameter("sort") == "updated")
        case "\(root)/issues/comments": return list(comments(state), request, state, byTime: true)
        default:
            let words = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
            if words.dropLast().last == "labels", let label = state.labels.first(where: { $0.name == words.last ?? "" })
            {
                return one(label.json)
            }
            if words.dropLast().last == "assignees" {
                return state.assignable.contains { $0.login == words.last ?? "" } ? .answer(204) : Self.notFound
            }
            let number = words.lazy.compactMap { Int64($0) }.first
            if words.dropLast().last == "comments" {
                let comment = comments(state).first { $0["id"] as? Int64 == number }
                return comment.map { one($0) } ?? Self.notFound
            }
            guard let issue = state.issues.first(where: { $0.number == number }) else { return Self.notFound }
            guard words.last == "comments" else {
                state.issueReads += 1
                state.changedByPeople.remove(issue.number)
                return one(json(issue, state))
            }
            return list(comments(state, of: number), request, state)
        }
    }

    /// Issues and pull requests by their numbers.
    private func issues(_ request: FakeServer.Request, _ state: State) -> [SampleIssue] {
        let all = state.issues + state.pulls.map(Self.issue)
        let found = request.parameter("state") == "open" ? all.filter { $0.state == "open" } : all
        let isDescending = request.parameter("direction") == "desc"
        return found.sorted { isDescending ? $0.number > $1.number : $0.number < $1.number }
    }

    /// The pull request as the list of issues has it.
    private static func issue(_ pull: SamplePullRequest) -> SampleIssue {
        var issue = SampleIssue(pull.number)
        issue.isPullRequest = true
        issue.updatedAt = pull.updatedAt
        return issue
    }

    func json(_ issue: SampleIssue, _ state: State) -> [String: Any] {
        let count = state.comments.filter { $0.issue == issue.number }.count
        return issue.json(in: repository).merging(["comments": count]) { $1 }
    }

    func comments(_ state: State, of issue: Int64? = nil) -> [[String: Any]] {
        let root = "https://api.github.com/repos/\(repository.fullName)"
        return state.comments.filter { issue == nil || $0.issue == issue }.map { number, comment in
            comment.json.merging(["issue_url": "\(root)/issues/\(number)"]) { $1 }
        }
    }

    private static func time(_ object: [String: Any]) -> String { object["updated_at"] as? String ?? "" }

    func one(_ object: Any, status: Int = 200) -> FakeServer.Reaction {
        .answer(status, ["Date": Self.httpDate], Self.text(object))
    }

    static let notFound = FakeServer.Reaction.answer(404, [:], "{\"message\":\"Not Found\"}")

    /// A page of what changed at `since` or later.
    private func list(
        _ objects: [[String: Any]],
        _ request: FakeServer.Request,
        _ state: State,
        byTime: Bool = false
    ) -> FakeServer.Reaction {
        let since = request.parameter("since") ?? ""
        var found = objects.filter { since.isEmpty || Self.time($0) >= since }
        if byTime { found.sort { Self.time($0) < Self.time($1) } }
        let page = request.parameter("page").flatMap { Int($0) } ?? 1
        let size = request.parameter("per_page").flatMap { Int($0) } ?? 30
        let shown = Array(found.dropFirst((page - 1) * size).prefix(size))
        let text = Self.text(shown)
        let etag = "\"\(Array(sha256(text.utf8).prefix(8)).hex)\""
        var fields = ["Date": Self.httpDate, "ETag": etag]
        if found.count > page * size {
            let query = request.target.split(separator: "?").last.map(String.init) ?? ""
            let rest = query.split(separator: "&").filter { !$0.hasPrefix("page=") }.joined(separator: "&")
            let host = request.fields["host"] ?? ""
            let address = "<http://\(host)\(request.path)?\(rest)&page="
            fields["Link"] = "\(address)\(page + 1)>; rel=\"next\""
            if !request.path.hasSuffix("/issues") || state.numbersIssues {
                fields["Link", default: ""] += ", \(address)\((found.count + size - 1) / size)>; rel=\"last\""
            }
        }
        if let left = state.callsLeft {
            fields["X-RateLimit-Limit"] = "5000"
            fields["X-RateLimit-Remaining"] = "\(left)"
            fields["X-RateLimit-Reset"] = "\(Int(Date().timeIntervalSince1970) + 1_800)"
            fields["X-RateLimit-Resource"] = "core"
        }
        guard request.fields["if-none-match"] != etag else { return .answer(304, fields) }
        return .answer(200, fields, text)
    }

    private static func text(_ object: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// As HTTP writes a time.
    private static var httpDate: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date())
    }
}
