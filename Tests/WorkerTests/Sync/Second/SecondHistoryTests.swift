import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Sync
@testable import Worker

/// The rule for one second, case by case.
@Suite struct SecondHistoryTests {
    private static func id(_ number: Int) -> UUID { UUID(high: UInt64(number), low: 0) }
    private static func time(_ second: Int) -> Timestamp { Timestamp(microseconds: Int64(second) * 1_000_000) }
    private static func label(_ name: String) -> Feature { Feature(.label, name) }

    /// An issue with these labels.
    private static func shown(_ labels: String...) -> Trace.State {
        Trace.State(labels.map(label)).union([Feature(.title, "T")])
    }

    private static func added(_ label: String, _ after: Trace.State, by number: Int) -> Trace {
        Trace(id(number), after: after, gained: [Self.label(label)])
    }

    private static func removed(_ label: String, _ after: Trace.State, by number: Int) -> Trace {
        Trace(id(number), after: after, lost: [Self.label(label)])
    }

    /// Who wins of these, in whatever order they are worked on.
    private static func winner(_ traces: [(Trace, second: Int)]) throws -> Int? {
        var generator = SeededGenerator(seed: 1)
        let winners = (0..<20).map { _ in
            var history = SecondHistory()
            for (trace, second) in traces.shuffled(using: &generator) { history.insert(trace, at: time(second)) }
            return history.winner?.eventID
        }
        try #require(Set(winners).count == 1, "the order of work matters")
        return (0..<200).first { id($0) == winners[0] }
    }

    @Test func `of two changes the one that shows the other's effect is the later`() throws {
        let first = Self.added("x", Self.shown("x"), by: 9)
        let second = Self.added("y", Self.shown("x", "y"), by: 1)
        #expect(try Self.winner([(first, 0), (second, 0)]) == 1)
    }

    @Test func `what was made was made first`() throws {
        let opened = Trace.first(Self.id(9), Self.shown())
        #expect(try Self.winner([(opened, 0), (Self.removed("x", Self.shown("y"), by: 1), 0)]) == 1)
    }

    @Test func `a label put on and taken off again ends as the second before left it`() throws {
        let on = Self.added("x", Self.shown("x"), by: 9)
        let off = Self.removed("x", Self.shown(), by: 8)
        #expect(try Self.winner([(Trace(Self.id(1), after: Self.shown()), 0), (on, 5), (off, 5)]) == 8)
        #expect(try Self.winner([(Trace(Self.id(1), after: Self.shown("x")), 0), (on, 5), (off, 5)]) == 9)
        // Of a second before that is not known, receipt is all there is.
        #expect(try Self.winner([(on, 5), (off, 5)]) == 9)
    }

    @Test func `a text that went back to an earlier one is told by the texts between`() throws {
        func edit(_ from: String, _ to: String, by number: Int) -> Trace {
            Trace(
                Self.id(number),
                after: [Feature(.body, to)],
                gained: [Feature(.body, to)],
                lost: [Feature(.body, from)]
            )
        }
        let edits = [edit("a", "b", by: 3), edit("b", "c", by: 9), edit("c", "b", by: 1)]
        #expect(try Self.winner(edits.map { ($0, 0) }) == 3)
    }

    @Test func `what is open is who was last, until GitHub was asked`() {
        let first = Self.added("x", Self.shown("x"), by: 1)
        let second = Self.added("y", Self.shown("x", "y"), by: 2)
        var history = SecondHistory(newest: Second(Self.time(5), [first]))
        #expect(!history.isDoubtful)
        history.insert(Trace(Self.id(3), after: Self.shown("x")), at: Self.time(5))
        #expect(!history.isDoubtful, "it shows the same")
        history.insert(second, at: Self.time(5))
        #expect(history.isDoubtful)
        var asked = history
        asked.insert(.final(Self.id(4), Self.shown("x", "y")), at: Self.time(5))
        #expect(!asked.isDoubtful)
        history.insert(Self.added("z", Self.shown("z"), by: 5), at: Self.time(6))
        #expect(!history.isDoubtful, "what was open is over")
    }

    @Test func `however much the deliveries leave open, few readings are tried`() {
        let values = (1...40).flatMap { [Feature(.title, "t\($0)"), Feature(.body, "b\($0)")] }
        let open = (1...60).map { number in
            Trace(Self.id(number), after: Set(values[(number % 40)...]), lost: [.unknown(.title), .unknown(.body)])
        }
        #expect(StateGraph.all(open, from: nil).count <= 32)
    }

    @Test func `a copy sent again undoes nothing that came after it`() throws {
        let first = Self.added("x", Self.shown("x"), by: 1)
        let second = Self.added("y", Self.shown("x", "y"), by: 2)
        let copies = (10..<100).map { Self.added("x", Self.shown("x"), by: $0) }
        #expect(try Self.winner(([first, second] + copies).map { ($0, 0) }) == 2)
    }

    @Test func `GitHub tells of labels that an issue was opened with as if they were put on then`() throws {
        let all = Self.shown("x", "y")
        let told = [Trace.first(Self.id(5), all), Self.added("x", all, by: 9), Self.added("y", all, by: 8)]
        let after = Self.removed("x", Self.shown("y"), by: 1)
        #expect(try Self.winner((told + [after]).map { ($0, 0) }) == 1)
    }

    @Test func `a reason to close that is not told is read from the others`() throws {
        let (open, done, never) = (Feature(.state, "open"), Feature(.state, "completed"), Feature(.state, "cancelled"))
        let traces = [
            Trace(Self.id(9), after: [done], gained: [done], lost: [open]),
            Trace(Self.id(3), after: [open], gained: [open], lost: [.unknown(.state)]),
            Trace(Self.id(1), after: [never, Self.label("x")], gained: [never], lost: [open]),
            Trace(Self.id(5), after: [open, Self.label("x")], gained: [Self.label("x")]),
        ]
        #expect(try Self.winner([(Trace(Self.id(2), after: [open]), 0)] + traces.map { ($0, 1) }) == 1)
    }

    @Test func `a delivery that does not name its label is read from the others`() throws {
        let on = Trace(Self.id(9), after: Self.shown("x"), gained: [.unknown(.label)])
        let off = Trace(Self.id(8), after: Self.shown(), lost: [.unknown(.label)])
        let opened = Trace.first(Self.id(20), Self.shown())
        #expect(try Self.winner([(opened, 0), (on, 0), (off, 0)]) == 20)
        #expect(try Self.winner([(Trace.first(Self.id(20), Self.shown("x")), 0), (on, 1), (off, 1)]) == 9)
    }

    @Test func `against a delivery nobody kept anything of receipt decides`() throws {
        let on = Self.added("x", Self.shown("x"), by: 4)
        #expect(try Self.winner([(Trace(Self.id(3), after: []), 0), (on, 0)]) == 4)
        #expect(try Self.winner([(Trace(Self.id(5), after: []), 0), (on, 0)]) == 5)
    }

    @Test func `what is kept has a bound and depends on nothing but the deliveries`() throws {
        var generator = SeededGenerator(seed: 7)
        let many = (1...90).map { Self.added("\($0)", Self.shown("\($0)"), by: $0) }
        let encoded = (0..<5).map { _ in
            var history = SecondHistory()
            for trace in many.shuffled(using: &generator) { history.insert(trace, at: Self.time(0)) }
            return history.encoded
        }
        #expect(Set(encoded).count == 1)
        #expect(SecondHistory(encoded[0])?.newest?.traces.map(\.eventID) == (27...90).map(Self.id))
    }

    @Test func `what is stored is read again, and what is not ours is not`() throws {
        var history = SecondHistory()
        history.insert(Trace.first(Self.id(3), Self.shown("x")), at: Self.time(7))
        history.insert(Trace(Self.id(4), after: []), at: Self.time(7))
        history.insert(Self.removed("x", Self.shown(), by: 5), at: Self.time(9))
        history.insert(Trace(Self.id(6), after: Self.shown(), lost: [.unknown(.state)]), at: Self.time(9))
        let encoded = history.encoded
        #expect(SecondHistory(encoded) == history)
        for count in 0..<encoded.bytes.count {
            let part = SecondHistory(Bytes(Array(encoded.bytes.prefix(count))))
            #expect(part == nil || part?.before == nil, "\(count) of \(encoded.bytes.count) bytes")
        }
        #expect(SecondHistory(Bytes([2] + encoded.bytes.dropFirst())) == nil)
    }

    @Test func `a row written by a program that keeps no history says nothing of its second`() {
        var history = SecondHistory()
        history.insert(Self.added("x", Self.shown("x"), by: 3), at: Self.time(7))
        func kept(_ second: Int, _ number: Int) -> SecondHistory {
            SecondHistory(history.encoded, of: ObjectVersion(updatedAt: Self.time(second), eventID: Self.id(number)))
        }
        #expect(kept(7, 3) == history)
        let unknown = [(7, 4), (8, 3)]
        for (second, number) in unknown {
            let expected = Second(Self.time(second), [Trace(Self.id(number), after: [])])
            #expect(kept(second, number) == SecondHistory(newest: expected))
        }
        #expect(SecondHistory(history.encoded, of: nil) == SecondHistory())
    }
}
