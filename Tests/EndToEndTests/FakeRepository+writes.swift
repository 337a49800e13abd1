import Foundation
import TestSupport

extension FakeRepository {
    /// A write, carried out as GitHub does; nil for what is no write.
    ///
    /// Each changes the issue's `updated_at` if it changes anything.
    static func write(_ request: FakeServer.Request, _ state: inout State) -> Any? {
        let words = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] ?? [:]
        if request.method == "POST", words.last == "labels", words.count == 4 {
            return makeLabel(body, &state)
        }
        guard request.method != "GET", words.count > 4, words[3] == "issues", let number = Int64(words[4]),
            let index = state.issues.firstIndex(where: { $0.number == number })
        else { return nil }
        let before = state.issues[index]
        switch (request.method, words.dropFirst(5).first) {
        case ("PATCH", nil): change(&state.issues[index], body)
        case ("POST", "labels"):
            for name in body["labels"] as? [String] ?? [] {
                let label = makeLabel(["name": name], &state) as? SampleLabel ?? state.labels.first { $0.name == name }
                if let label, !state.issues[index].labels.contains(label) { state.issues[index].labels.append(label) }
            }
        case ("DELETE", "labels"): state.issues[index].labels.removeAll { $0.name == words.last }
        default: return nil
        }
        state.writes.append("\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))")
        if state.issues[index] != before {
            state.issues[index].updatedAt = Date().formatted(.iso8601)
        } else {
            state.writesWithoutEffect += 1
        }
        return words.count == 5 ? state.issues[index] : state.issues[index].labels
    }

    private static func change(_ issue: inout SampleIssue, _ body: [String: Any]) {
        if let title = body["title"] as? String { issue.title = title }
        if let state = body["state"] as? String {
            issue.state = state
            issue.stateReason = body["state_reason"] as? String
            issue.closedAt = state == "closed" ? Date().formatted(.iso8601) : nil
        }
    }

    /// Nil when the repository has it already.
    private static func makeLabel(_ body: [String: Any], _ state: inout State) -> Any? {
        guard let name = body["name"] as? String, !state.labels.contains(where: { $0.name == name }) else { return nil }
        var label = SampleLabel(Int64(1_000 + state.labels.count), name)
        label.color = body["color"] as? String ?? "ededed"
        state.labels.append(label)
        return label
    }
}
