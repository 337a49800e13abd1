import Base
import Foundation
import Synchronization
import TestSupport

/// Brings deliveries to several nodes as GitHub and the network do on a bad day.
final class BadWeather: Sendable {
    struct Counts: Sendable {
        var told = 0
        var late = 0
        var twice = 0
        var redelivered = 0
        var lost = 0
        /// Refused by a node; GitHub does not try again by itself.
        var refused = 0

        mutating func add(_ other: Counts) {
            told += other.told
            late += other.late
            twice += other.twice
            redelivered += other.redelivered
            lost += other.lost
            refused += other.refused
        }
    }

    fileprivate struct State: Sendable {
        var dice: SeededGenerator
        var counts = Counts()
        var underWay = 0
        var ports: [Int] = []
        var isBad = false
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(dice: SeededGenerator(seed: seed))) }

    var counts: Counts { state.withLock { $0.counts } }
    var isCalm: Bool { state.withLock { $0.underWay == 0 } }

    /// The ports of the nodes; before there are any, nothing is sent.
    func blow(to ports: [Int], isBad: Bool) { state.withLock { ($0.ports, $0.isBad) = (ports, isBad) } }

    func send(_ event: FakeRepository.Event) {
        let arrivals = state.withLock { state in
            let arrivals = state.ports.isEmpty ? [] : state.plan()
            state.underWay += arrivals.count
            return arrivals
        }
        let id = UUID().text
        for (port, delay) in arrivals {
            Task {
                try? await Task.sleep(for: .milliseconds(delay))
                let fields = IngestProgram.fields(event.body, event: event.name, id: id)
                let answer = try? await TestHTTP(port: port).send("POST", IngestProgram.path, fields, body: event.body)
                state.withLock { state in
                    state.underWay -= 1
                    if !(200..<300).contains(answer?.status ?? 0) { state.counts.refused += 1 }
                }
            }
        }
    }
}

extension BadWeather.State {
    /// Where and after how many milliseconds a delivery arrives, each time.
    fileprivate mutating func plan() -> [(port: Int, delay: Int)] {
        counts.told += 1
        guard isBad else { return [(ports.randomElement(using: &dice) ?? 0, 0)] }
        let fate = Int.random(in: 0..<100, using: &dice)
        if fate < 5 {
            counts.lost += 1
            return []
        }
        var delays = [0]
        if Int.random(in: 0..<100, using: &dice) < 30 {
            counts.late += 1
            delays[0] = Int.random(in: 1...300, using: &dice)
        }
        if fate < 10 {
            // The first attempt failed on its way; GitHub sends it again when it is asked to.
            counts.redelivered += 1
            delays[0] += Int.random(in: 300...1_500, using: &dice)
        } else if fate < 20 {
            counts.twice += 1
            delays.append(Int.random(in: 0...300, using: &dice))
        }
        return delays.map { (ports.randomElement(using: &dice) ?? 0, $0) }
    }
}
