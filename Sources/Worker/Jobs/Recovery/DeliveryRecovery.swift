import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import JSON

/// One look for deliveries to a repository's plane-ingest that failed: lists them, and takes in those that are lost as
/// if they had arrived.
///
/// Each step makes one call or a few. What the lists showed is kept in memory only.
struct DeliveryRecovery {
    private enum Stage {
        case hooks, failures, successes, bodies
    }

    private let job: Job
    private let client: GitHubClient
    private let connection: Connection
    private var stage = Stage.hooks
    private var attempts: DeliveryAttempts
    private let start: Timestamp
    /// When the look began; by GitHub's clock as soon as that is known.
    private var lookedAt: Timestamp?
    /// The lists to read, the next one last.
    private var lists: [(hook: Hook, pages: Pages<HookDelivery>)] = []
    private var isComplete = true
    /// What to take in, the next one last.
    private var lost: [LostDelivery] = []
    /// Not that of the readings: their ids are from the present, and these are from the past.
    private let ids = EventIDGenerator()

    init(_ job: Job, _ client: GitHubClient, _ connection: Connection) {
        self.job = job
        self.client = client
        self.connection = connection
        start = (job.position.recovery ?? RecoveryPosition()).start(of: job.filters, at: .now)
        attempts = DeliveryAttempts(of: job.repositoryID, since: start)
    }

    mutating func step(from position: JobPosition) async throws -> Step {
        var step = Step(after: position)
        var recovery = position.recovery ?? RecoveryPosition()
        switch stage {
        case .hooks:
            try await findHooks(&recovery)
            lists = recovery.hooks.map { ($0, client.deliveries(of: $0, for: job.repository, .failure)) }
            stage = .failures
        case .failures:
            try await readList(backTo: start, into: &step)
            if lists.isEmpty { try await askForSuccesses(settled: recovery.settled.keys) }
        case .successes:
            try await readList(backTo: attempts.oldest ?? start, into: &step)
            if lists.isEmpty {
                lost = attempts.lost.reversed()
                stage = .bodies
            }
        case .bodies:
            guard let delivery = lost.last else { break }
            try await takeIn(delivery, into: &step, &recovery)
            lost.removeLast()
        }
        if stage == .bodies, lost.isEmpty { end(&step, &recovery) }
        step.next.recovery = recovery
        return step
    }

    private func findHooks(_ recovery: inout RecoveryPosition) async throws {
        let now = Timestamp.now
        guard recovery.needsHooks(at: now) else { return }
        guard let hooks = try await client.hooks(of: job.repository) else {
            throw JobProblem(
                "GitHub shows us no webhook of \(job.repository): that takes the permission Webhooks, read-only"
            )
        }
        guard !hooks.isEmpty else {
            throw JobProblem("no webhook of \(job.repository) that we may see leads to \(WebhookPath.root)/")
        }
        recovery.hooks = hooks
        recovery.hooksFoundAt = now
    }

    /// Reads a page of the next list, which goes back in time.
    private mutating func readList(backTo time: Timestamp, into step: inout Step) async throws {
        guard var list = lists.popLast() else { return }
        let answer: Answer<Conditional<Page<HookDelivery>>>?
        do throws(GitHubError) {
            answer = try await list.pages.nextPage()
        } catch {
            guard error.isForGood else { throw error }
            // The hook is gone, or our right: the next look tells.
            isComplete = false
            step.problems.append("the deliveries of a webhook cannot be listed: \(error)")
            return
        }
        lookedAt = lookedAt ?? answer?.answeredAt ?? .now
        guard let page = answer?.content.content else { return }
        step.problems += page.problems.map(\.description)
        attempts.add(page.elements, of: list.hook)
        if list.pages.hasNext, page.elements.allSatisfy({ $0.deliveredAt >= time }) { lists.append(list) }
    }

    /// Drops what is known, and has the successes listed if anything is left: usually nothing failed, and then that
    /// costs no call.
    private mutating func askForSuccesses(settled: some Sequence<String>) async throws {
        attempts.remove(settled)
        let guids = attempts.guids
        if !guids.isEmpty { attempts.remove(try await connection.storedIDs(of: guids).keys) }
        let hooks = Set(attempts.lost.map(\.hook))
        lists = hooks.map { ($0, client.deliveries(of: $0, for: job.repository, .success)) }
        stage = hooks.isEmpty ? .bodies : .successes
    }

    private func takeIn(
        _ lost: LostDelivery,
        into step: inout Step,
        _ recovery: inout RecoveryPosition
    ) async throws {
        step.read = 1
        guard let body = try await body(of: lost) else {
            step.problems.append("delivery \(lost.guid): \(try await redeliver(lost))")
            recovery.settle(lost.guid, at: .now)
            return
        }
        do {
            if let delivery = try delivery(lost, body) { return step.deliveries.append(delivery) }
        } catch {
            step.problems.append("delivery \(lost.guid): its body does not fit the event: \(error)")
        }
        recovery.settle(lost.guid, at: .now)
    }

    /// Nil if it cannot be had.
    private func body(of lost: LostDelivery) async throws(GitHubError) -> JSONDocument? {
        let body: [UInt8]?
        do throws(GitHubError) {
            body = try await client.payload(of: lost.newest.id, from: lost.hook, for: job.repository).content
        } catch {
            guard error.isForGood || error.isTransient && job.retries >= Self.patience else { throw error }
            return nil
        }
        return body.flatMap { try? JSONDocument($0) }
    }

    /// Failures in a row of anything that may be over by itself, before one delivery no longer holds up the others.
    private static let patience = 3

    /// What plane-ingest would have stored; nil of what it would have ignored.
    ///
    /// The event's id is from the time of the first attempt, to GitHub's whole second. The order of ids is that of
    /// receipt and decides between changes of the same second, where what was made first must not look like the last.
    private func delivery(_ lost: LostDelivery, _ body: JSONDocument) throws(PayloadProblem) -> Delivery? {
        guard let event = EventType(rawValue: lost.newest.event) else { return nil }
        let received = Date(timeIntervalSince1970: Double(lost.firstTriedAt.microseconds) / 1_000_000)
        let delivery: Delivery
        do throws(PayloadProblem) {
            delivery = try Delivery(
                body,
                event: event,
                deliveryID: lost.guid,
                id: ids.next(at: received),
                received: received
            )
        } catch {
            guard error == .noRepository else { throw error }
            return nil
        }
        return delivery.repositoryID == job.repositoryID ? delivery : nil
    }

    /// Asks GitHub to deliver again, unless somebody has done so.
    ///
    /// Killed between the call and its record we ask once more: plane-ingest knows the GUID, and stores it once.
    /// - Returns: what came of it.
    private func redeliver(_ lost: LostDelivery) async throws(GitHubError) -> String {
        guard !lost.wasRedelivered else { return "its body cannot be had, and was delivered again in vain" }
        do throws(GitHubError) {
            _ = try await client.redeliver(lost.newest.id, of: lost.hook, for: job.repository)
            return "its body cannot be had; GitHub was asked to deliver it again"
        } catch {
            guard error.isForGood else { throw error }
            return "its body cannot be had, nor be delivered again: \(error)"
        }
    }

    private func end(_ step: inout Step, _ recovery: inout RecoveryPosition) {
        let now = Timestamp.now
        if isComplete { recovery.lookedAt = lookedAt ?? now } else { recovery.hooks = [] }
        recovery.forget(at: now)
        step.isLast = true
    }
}

extension GitHubError {
    /// Whether the same call will have the same answer.
    fileprivate var isForGood: Bool {
        switch self {
        case .notFound, .gone, .moved, .forbidden, .validation: true
        default: false
        }
    }

    fileprivate var isTransient: Bool {
        if case .transient = self { return true }
        return false
    }
}
