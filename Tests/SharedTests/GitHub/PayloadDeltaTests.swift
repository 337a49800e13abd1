import Base
import GitHub
import Testing

/// What a delivery says was changed; whatever is odd there is left out, and the delivery is taken all the same.
@Suite struct PayloadDeltaTests {
    private static func delta(_ action: String, _ rest: String) throws -> PayloadDelta {
        let issue =
            "{\"id\":11,\"number\":2,\"title\":\"T\",\"updated_at\":\"2026-03-02T10:31:00Z\"}"
        let body =
            "{\"action\":\"\(action)\",\"issue\":\(issue),\"repository\":{\"id\":5,\"full_name\":\"a/b\"}\(rest)}"
        return try Payload(Array(body.utf8), event: .issues).delta
    }

    @Test func `what was changed is read`() throws {
        let label = try Self.delta("labeled", ",\"label\":{\"id\":7,\"name\":\"bug\"}").label
        #expect(label?.id == 7 && label?.name == "bug")
        #expect(try Self.delta("assigned", ",\"assignee\":{\"id\":9,\"login\":\"mona\"}").assigneeID == 9)
        #expect(try Self.delta("demilestoned", ",\"milestone\":{\"title\":\"v1\"}").milestone == "v1")
        #expect(try Self.delta("typed", ",\"type\":{\"name\":\"Bug\"}").type == "Bug")
        let edit = try Self.delta("edited", ",\"changes\":{\"title\":{\"from\":\"A\"},\"body\":{\"from\":\"B\"}}")
        #expect(edit.titleBefore == "A" && edit.bodyBefore == "B")
    }

    @Test func `a label may have no id and a text may have been none`() throws {
        let label = try Self.delta("unlabeled", ",\"label\":{\"name\":\"bug\"}").label
        #expect(label?.id == nil && label?.name == "bug")
        #expect(try Self.delta("edited", ",\"changes\":{\"body\":{\"from\":null}}").bodyBefore == "")
    }

    @Test(arguments: [
        ("labeled", ""), ("labeled", ",\"label\":null"), ("labeled", ",\"label\":5"),
        ("labeled", ",\"label\":{\"id\":7}"), ("assigned", ",\"assignee\":[]"),
        ("assigned", ",\"assignee\":{\"id\":-1}"), ("milestoned", ",\"milestone\":{}"),
        ("typed", ",\"type\":\"Bug\""), ("edited", ""), ("edited", ",\"changes\":7"),
        ("edited", ",\"changes\":{\"title\":[],\"body\":{\"from\":{}}}"),
        ("edited", ",\"changes\":{\"title\":{\"from\":\"\\ud800\"}}"),
        ("closed", ",\"label\":{\"id\":7,\"name\":\"bug\"}"),
    ])
    func `what is missing, odd or not of the action is left out`(action: String, rest: String) throws {
        #expect(try Self.delta(action, rest) == PayloadDelta())
    }
}
