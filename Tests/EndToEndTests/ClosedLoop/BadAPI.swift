import Synchronization
import TestSupport

/// A repository whose API fails now and then, on the way to it and on the way back.
final class BadAPI: Sendable {
    enum Fault: CaseIterable {
        /// After the call was carried out.
        case lostAnswer, badGateway, cutAnswer
        /// The call does not arrive.
        case droppedCall
        case secondaryLimit

        /// Of all calls.
        fileprivate var share: Double { self == .secondaryLimit ? 0.02 : 0.03 }
        fileprivate var loses: Bool { self != .droppedCall && self != .secondaryLimit }
    }

    fileprivate struct State: Sendable {
        var dice: SeededGenerator
        /// A limit stops all of them.
        let repositories: Double
        var isBad = false
        var faults = 0
        var lostWrites = 0
    }

    let repository: FakeRepository
    private let story: LoopStory
    private let state: Mutex<State>

    /// `others` is how many repositories the token is for besides this one.
    init(_ repository: FakeRepository, _ story: LoopStory, seed: UInt64, sharingTokenWith others: Int) {
        self.repository = repository
        self.story = story
        state = Mutex(State(dice: SeededGenerator(seed: seed), repositories: Double(others + 1)))
    }

    /// Faults so far, and writes whose answer was lost among them.
    var counts: (faults: Int, lostWrites: Int) { state.withLock { ($0.faults, $0.lostWrites) } }

    func turn(bad: Bool) { state.withLock { $0.isBad = bad } }

    var handler: FakeServer.Handler {
        { [self] request in
            let isWrite = request.method != "GET"
            let fault = state.withLock { $0.next(isWrite: isWrite) }
            let number = request.path.split(separator: "/").dropFirst(3).lazy.compactMap { Int64($0) }.first
            if let number {
                let words = request.method == "GET" ? "" : " \(request.text)"
                let end = fault.map { " – \($0)" } ?? ""
                story.tell(number, "API: \(request.method) \(request.path)\(words)\(end)")
            }
            switch fault {
            case .droppedCall: return .close
            case .secondaryLimit:
                return .answer(403, ["Retry-After": "1"], "{\"message\":\"You have exceeded a secondary rate limit\"}")
            case nil: return repository.handler(request)
            case .lostAnswer:
                _ = repository.handler(request)
                return .close
            case .badGateway:
                _ = repository.handler(request)
                return .answer(502, [:], "<html>Unicorn")
            case .cutAnswer:
                guard case .answer(_, _, let body) = repository.handler(request) else { return .close }
                let bytes = body.utf8.prefix(body.utf8.count / 2)
                let head = "HTTP/1.1 200 OK\r\nContent-Length: \(max(1, body.utf8.count))\r\n\r\n"
                return .bytes(Array(head.utf8) + bytes)
            }
        }
    }
}

extension BadAPI.State {
    fileprivate mutating func next(isWrite: Bool) -> BadAPI.Fault? {
        guard isBad else { return nil }
        var place = Double.random(in: 0..<1, using: &dice)
        for fault in BadAPI.Fault.allCases {
            place -= fault == .secondaryLimit ? fault.share / repositories : fault.share
            guard place < 0 else { continue }
            faults += 1
            if isWrite, fault.loses { lostWrites += 1 }
            return fault
        }
        return nil
    }
}
