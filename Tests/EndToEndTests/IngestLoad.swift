import Base
import Database
import Foundation
import Synchronization
import TestSupport
import Testing

/// Senders that deliver one after the other, and what they were promised.
final class IngestLoad: Sendable {
    private struct State {
        /// Event ids of what got a 202, by delivery id.
        var promised: [String: String] = [:]
        var statuses: [Int: Int] = [:]
        var isOver = false
    }

    private let state = Mutex(State())
    private let name: String
    private let padding: Int

    /// - Parameters:
    ///   - name: begins the delivery ids, so that loads do not share any.
    ///   - padding: bytes added to each body.
    init(_ name: String, padding: Int = 0) {
        self.name = name
        self.padding = padding
    }

    var promised: [String: String] { state.withLock { $0.promised } }

    /// How many answers of each status there were.
    var statuses: [Int: Int] { state.withLock { $0.statuses } }

    /// Delivers from `senders` connections until `stop`, or until the program no longer answers.
    func run(_ senders: Int = 6, to port: Int) -> Task<Void, Never> {
        Task {
            await withTaskGroup { group in
                for sender in 0..<senders { group.addTask { await self.send(sender, port) } }
            }
        }
    }

    func stop() { state.withLock { $0.isOver = true } }

    /// Waits until so many more were promised.
    func waitForPromises(_ count: Int, within limit: Duration = .seconds(30)) async throws {
        let goal = promised.count + count
        let isReached = try await eventually(within: limit) { self.promised.count >= goal }
        #expect(isReached, "\(promised.count) of \(goal) were promised; answers: \(statuses)")
    }

    private func send(_ sender: Int, _ port: Int) async {
        var sample = SampleDelivery()
        sample.padding = String(repeating: "x", count: padding)
        let body = Array(sample.issue.utf8)
        guard let http = try? TestHTTP(port: port) else { return }
        for number in 0... {
            let id = "\(name)-\(sender)-\(number)"
            let fields = IngestProgram.fields(body, id: id)
            guard !state.withLock({ $0.isOver }),
                let response = try? await http.send("POST", IngestProgram.path, fields, body: body)
            else { return }
            state.withLock { state in
                state.statuses[response.status, default: 0] += 1
                if response.status == 202, case .text(let event) = response.json["event_id"] {
                    state.promised[id] = event
                }
            }
            // The other tests of the run need the processors too.
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Checks that what was promised is stored, once and under the promised id, and each sender's deliveries in the
    /// order in which they were sent.
    static func expectKept(_ loads: [IngestLoad], in connection: Connection) async throws {
        let rows = try await connection.storedEvents()
        let stored = Dictionary(rows.map { ($0.deliveryID, $0.id.text) }) { first, _ in first }
        #expect(stored.count == rows.count)
        let promised = loads.reduce(into: [:]) { all, load in all.merge(load.promised) { first, _ in first } }
        let missing = promised.keys.filter { stored[$0] == nil }
        #expect(missing.isEmpty, "\(missing.count) of \(promised.count) were lost")
        let changed = promised.filter { stored[$0.key] != nil && stored[$0.key] != $0.value }
        #expect(changed.isEmpty, "\(changed.count) of \(promised.count) have another id")
        var last: [Substring: Int] = [:]
        for row in rows {
            let parts = row.deliveryID.split(separator: "-")
            guard parts.count == 3, let number = Int(parts[2]) else { continue }
            let sender = parts[0] + "-" + parts[1]
            #expect(number > last[Substring(sender)] ?? -1, "\(row.deliveryID)")
            last[Substring(sender)] = number
        }
    }
}
