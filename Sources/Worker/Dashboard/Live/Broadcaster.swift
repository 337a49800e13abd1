import Base
import JSON
import Synchronization

/// Tells everybody who looks what has changed, by whatever way they listen.
///
/// One reading a second serves all of them, and none is made while nobody looks.
final class Broadcaster: Sendable {
    /// One piece of news, as JSON on one line: `{"id":…,"html":…}` is a part of a page.
    struct Message: Sendable, Equatable {
        let id: String
        let text: String
    }

    /// Takes messages, which must not wait; false once nobody listens any more.
    typealias Subscriber = @Sendable ([Message], _ round: Int) -> Bool

    private struct State {
        var subscribers: [Int: Subscriber] = [:]
        var nextNumber = 0
        /// Those who have not heard anything yet, and are told everything.
        var fresh: Set<Int> = []
        /// What everybody was told last, by id.
        var latest: [String: Message] = [:]
        var round = 0
    }

    private let overview: OverviewSource
    private let state = Mutex(State())
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    init(_ overview: OverviewSource) {
        self.overview = overview
        (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds somebody, who hears everything with the next round and then what changes.
    func add(_ subscriber: @escaping Subscriber) {
        state.withLock { state in
            state.subscribers[state.nextNumber] = subscriber
            state.fresh.insert(state.nextNumber)
            state.nextNumber += 1
        }
        arrived.yield()
    }

    /// Works until the task is cancelled.
    func run() async {
        for await _ in arrivals {
            while !Task.isCancelled, state.withLock({ !$0.subscribers.isEmpty }) {
                let start = ContinuousClock.now
                tell(await overview.messages())
                try? await Task.sleep(until: start + .seconds(1))
            }
        }
    }

    /// Whole pages to those who are new, to the others what is not as it was.
    private func tell(_ messages: [Message]) {
        let (subscribers, fresh, changed, round) = state.withLock { state in
            let changed = messages.filter { state.latest[$0.id] != $0 }
            for message in messages { state.latest[message.id] = message }
            state.round += 1
            defer { state.fresh = [] }
            return (state.subscribers, state.fresh, changed, state.round)
        }
        var gone: [Int] = []
        for (number, subscriber) in subscribers where !subscriber(fresh.contains(number) ? messages : changed, round) {
            gone.append(number)
        }
        guard !gone.isEmpty else { return }
        state.withLock { state in
            for number in gone { state.subscribers[number] = nil }
        }
    }
}
