import Foundation
import Synchronization

/// Delivers at a fixed rate, whatever the answers do, and measures each from the moment it was due.
///
/// A sender that waits for a slow answer before it goes on hides the very delays it is to find ("coordinated
/// omission"). Here connection c of n sends delivery c, c + n, c + 2n, … each at its own time; one that comes late
/// because the answer before was late has waited since it was due.
struct FixedRate: Sendable {
    let port: Int
    let perSecond: Int
    let seconds: Int
    let connections: Int
    let deliveries: [SignedBody]

    private final class Answers: Sendable {
        let latencies = Mutex<[Double]>([])
        let problem = Mutex<String?>(nil)
        let due = Mutex<[String: ContinuousClock.Instant]>([:])
    }

    /// Prints lines `name value`: count, refused, and percentiles of the answers in milliseconds.
    ///
    /// If WATCH_DATABASE_URL is set, also of the completions as another connection to the database sees them.
    func run() async throws {
        let answers = Answers()
        let completions = try Completions(ProcessInfo.processInfo.environment["WATCH_DATABASE_URL"])
        let start = ContinuousClock.now + .milliseconds(200)
        let senders = (0..<connections).map { number in
            Self.thread {
                do {
                    try send(from: number, start: start, to: answers)
                } catch {
                    answers.problem.withLock { $0 = "\(error)" }
                }
            }
        }
        let count = perSecond * seconds
        let seen = try await completions?.watch(count, until: start + .seconds(seconds + 10)) ?? [:]
        for sender in senders { while !sender.isFinished { try await Task.sleep(for: .milliseconds(20)) } }

        let latencies = answers.latencies.withLock { $0 }
        let problem = answers.problem.withLock { $0 }
        guard !latencies.isEmpty else {
            throw BenchmarkProblem("no delivery was accepted: \(problem ?? "all refused")")
        }
        if let problem { FileHandle.standardError.write(Data("a sender ended early: \(problem)\n".utf8)) }
        print("count \(latencies.count)")
        print("refused \(count - latencies.count)")
        Self.printPercentiles(of: latencies, prefix: "")
        guard completions != nil else { return }
        let due = answers.due.withLock { $0 }
        let times = due.compactMap { id, time in seen[id].map { ($0 - time) / .milliseconds(1) } }
        print("incomplete \(count - times.count)")
        guard !times.isEmpty else { throw BenchmarkProblem("no delivery was completed") }
        Self.printPercentiles(of: times, prefix: "completed_")
    }

    private static func printPercentiles(of values: [Double], prefix: String) {
        let sorted = values.sorted()
        for (name, share) in [("p50", 0.5), ("p99", 0.99), ("max", 1)] {
            let index = min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)
            print("\(prefix)\(name) \(sorted[max(0, index)])")
        }
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) -> Thread {
        let thread = Thread(block: body)
        thread.stackSize = 256 << 10
        thread.start()
        return thread
    }

    private func send(from number: Int, start: ContinuousClock.Instant, to answers: Answers) throws {
        let connection = try HTTPClientConnection(port: port)
        var place = number
        while place < perSecond * seconds {
            let due = start + .seconds(Double(place) / Double(perSecond))
            Self.sleep(until: due)
            let delivery = deliveries[place % deliveries.count]
            let id = UUID().uuidString.lowercased()
            answers.due.withLock { $0[id] = due }
            let status = try connection.deliver(delivery, id: id)
            let latency = (ContinuousClock.now - due) / .milliseconds(1)
            if status == 202 { answers.latencies.withLock { $0.append(latency) } }
            place += connections
        }
    }

    private static func sleep(until due: ContinuousClock.Instant) {
        let left = due - .now
        if left > .zero { Thread.sleep(forTimeInterval: left / .seconds(1)) }
    }
}
