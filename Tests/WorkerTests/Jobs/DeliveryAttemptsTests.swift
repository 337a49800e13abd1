import Base
import JSON
import Testing

@testable import GitHubClient
@testable import Jobs

/// Which of the attempts that GitHub lists are worth another.
struct DeliveryAttemptsTests {
    private static let hook = Hook.repository(id: 3)
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)

    private static func attempt(
        _ id: Int64,
        _ guid: String,
        at seconds: Int64,
        status: Int = 502,
        event: String = "issues",
        repository: String = "7",
        redelivery: Bool = false
    ) throws -> HookDelivery {
        let time = Timestamp(microseconds: start.microseconds + seconds * 1_000_000)
        let json = """
            {"id":\(id),"guid":"\(guid)","delivered_at":"\(time)","redelivery":\(redelivery),"status_code":\(status),
            "event":"\(event)","action":"opened","repository_id":\(repository)}
            """
        return try HookDelivery(JSONObject(JSONDocument(Array(json.utf8))))
    }

    private static func lost(_ lists: [[HookDelivery]], of hook: Hook = hook) -> [LostDelivery] {
        var attempts = DeliveryAttempts(of: 7, since: start)
        for list in lists { attempts.add(list, of: hook) }
        return attempts.lost
    }

    @Test func `the newest attempt is read, and the first tells how old the event is`() throws {
        let list = try [
            Self.attempt(2, "a", at: 20), Self.attempt(4, "a", at: 40, redelivery: true), Self.attempt(1, "b", at: 10),
            Self.attempt(3, "a", at: 40),
        ]
        for order in [list, list.reversed()] {
            let lost = Self.lost([order])
            #expect(lost.map(\.guid) == ["b", "a"])
            #expect(lost[1].newest.id == 4 && lost[1].firstTriedAt.microseconds == Self.start.microseconds + 20_000_000)
            #expect(lost[1].wasRedelivered && !lost[0].wasRedelivered)
        }
    }

    @Test func `one success is enough, on whichever list it comes first`() throws {
        let failures = try [Self.attempt(3, "a", at: 30), Self.attempt(1, "a", at: 10), Self.attempt(4, "b", at: 10)]
        let successes = try [Self.attempt(2, "a", at: 20, status: 202)]
        #expect(Self.lost([failures, successes]).map(\.guid) == ["b"])
        #expect(Self.lost([successes, failures]).map(\.guid) == ["b"])
    }

    @Test func `other events, other repositories and what is too old are left alone`() throws {
        let list = try [
            Self.attempt(1, "a", at: 10, event: "push"), Self.attempt(2, "b", at: 10, repository: "8"),
            Self.attempt(3, "c", at: -1), Self.attempt(4, "d\\u0000", at: 10), Self.attempt(5, "e", at: 10, status: 0),
            Self.attempt(6, "f", at: 10, repository: "null"),
        ]
        #expect(Self.lost([list]).map(\.guid) == ["e", "f"])
        #expect(Self.lost([list], of: .app).map(\.guid) == ["e"])
        #expect(Self.lost([list], of: .organization(id: 1)).map(\.guid) == ["e"])
    }

    @Test func `a look goes back to the last one and a margin, and at most three days`() {
        let day: Int64 = 86_400_000_000
        let now = Self.start
        func ago(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: now.microseconds - microseconds) }
        var position = RecoveryPosition()
        #expect(position.start(of: JobFilters(), at: now) == ago(3 * day))
        #expect(position.start(of: JobFilters(since: ago(day)), at: now) == ago(day))
        #expect(position.start(of: JobFilters(since: ago(9 * day)), at: now) == ago(3 * day))
        position.lookedAt = ago(300_000_000)
        #expect(position.start(of: JobFilters(), at: now) == ago(1_200_000_000))
        position.lookedAt = ago(4 * day)
        #expect(position.start(of: JobFilters(), at: now) == ago(3 * day))
    }

    @Test func `what is settled is forgotten after GitHub has forgotten it, and is never too much`() {
        var position = RecoveryPosition()
        let before = Timestamp(microseconds: Self.start.microseconds - 4 * 86_400_000_000)
        position.settle("old", at: before)
        for number in 0..<1_200 {
            position.settle("\(number)", at: Timestamp(microseconds: Self.start.microseconds + Int64(number)))
        }
        position.forget(at: Self.start)
        #expect(position.settled.count == 1_000)
        #expect(position.settled["old"] == nil && position.settled["199"] == nil && position.settled["200"] != nil)
    }
}
