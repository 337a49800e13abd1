import Foundation
import TestSupport

extension FakeRepository {
    /// Carries out a write of the API as GitHub does, in the name of `machine`.
    func answer(toWrite request: FakeServer.Request, _ state: inout State) -> FakeServer.Reaction {
        let words = request.path.split(separator: "/").dropFirst(3).map { $0.removingPercentEncoding ?? String($0) }
        let kind = words.prefix(3).map { Int64($0) == nil ? $0 : "#" }.joined(separator: "/")
        let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any] ?? [:]
        guard kind != "labels" else { return makeLabel(body, &state) }
        let (before, isLate) = (state.changes, state.changedByPeople.contains(Self.number(words)))
        guard let answer = write("\(request.method) \(kind)", words, body, &state) else { return Self.notFound }
        state.writes.append("\(request.method) \(request.path) \(request.text)")
        if state.changes == before {
            if isLate { state.writesThatCameLate += 1 } else { state.writesWithoutEffect += 1 }
        }
        return answer
    }

    /// - Returns: nil for what is no write, or not of anything there is.
    private func write(
        _ kind: String,
        _ words: [String],
        _ body: [String: Any],
        _ state: inout State
    ) -> FakeServer.Reaction? {
        let (number, machine) = (Self.number(words), Self.machine)
        func users() -> [SampleUser] {
            let names = body["assignees"] as? [String] ?? []
            return state.assignable.filter { names.contains($0.login) }
        }
        let labels = (body["labels"] as? [String] ?? []).map(Edit.label)
        switch kind {
        case "POST issues":
            let title = body["title"] as? String ?? ""
            let edits = labels + users().map(Edit.assign)
            let issue = open(title, body["body"] as? String, edits, by: machine, &state)
            return one(json(issue, state), status: 201)
        case "POST issues/#/comments":
            guard let comment = comment(body["body"] as? String ?? "", on: number, by: machine, &state) else {
                return nil
            }
            return answer(comment.id, state, status: 201)
        case "PATCH issues/comments/#":
            return edit(number, body: body["body"] as? String ?? "", by: machine, &state) ? answer(number, state) : nil
        case "DELETE issues/comments/#":
            return edit(number, body: nil, by: machine, &state) ? .answer(204) : nil
        case "PATCH issues/#": edit(number, Self.edits(body), by: machine, &state)
        case "POST issues/#/labels": edit(number, labels, by: machine, &state)
        case "DELETE issues/#/labels": edit(number, [.unlabel(words.last ?? "")], by: machine, &state)
        case "POST issues/#/assignees": edit(number, users().map(Edit.assign), by: machine, &state)
        case "DELETE issues/#/assignees": edit(number, users().map(Edit.unassign), by: machine, &state)
        default: return nil
        }
        guard let issue = state.issues.first(where: { $0.number == number }) else { return nil }
        return kind.hasSuffix("labels") ? one(issue.labels.map(\.json)) : one(json(issue, state))
    }

    private func answer(_ comment: Int64, _ state: State, status: Int = 200) -> FakeServer.Reaction? {
        comments(state).first { $0["id"] as? Int64 == comment }.map { one($0, status: status) }
    }

    private static func number(_ words: [String]) -> Int64 { words.lazy.compactMap { Int64($0) }.first ?? 0 }

    private static func edits(_ body: [String: Any]) -> [Edit] {
        var edits: [Edit] = []
        if let title = body["title"] as? String { edits.append(.title(title)) }
        if let text = body["body"] as? String { edits.append(.body(text.isEmpty ? nil : text)) }
        switch body["state"] as? String {
        case "open": edits.append(.reopen)
        case "closed": edits.append(.close(body["state_reason"] as? String ?? "completed"))
        default: break
        }
        return edits
    }

    private func makeLabel(_ body: [String: Any], _ state: inout State) -> FakeServer.Reaction {
        guard let name = body["name"] as? String, !state.labels.contains(where: { $0.name == name }) else {
            return .answer(422, [:], "{\"message\":\"Validation Failed\"}")
        }
        let label = makeLabel(name, color: body["color"] as? String ?? "ededed", by: Self.machine, &state)
        return one(label.json, status: 201)
    }
}
