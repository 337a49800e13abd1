import Base
import Database
import Foundation

/// What became of a reserved call.
struct Settlement: Sendable {
    enum Outcome: Sendable {
        /// There is no answer, or the server failed: nothing is learnt of its limits.
        case unknown
        case answered
        /// GitHub does not count it.
        case notModified
        case refused(RateLimitRefusal)
    }

    let call: PlannedCall
    let outcome: Outcome
    /// What the answer says about the window that it was counted in.
    let limits: RateLimit?

    init(_ call: PlannedCall, _ answer: HTTPAnswer?, now: Timestamp) {
        self.call = call
        limits = answer.flatMap { RateLimit($0.fields) }.flatMap { limits in
            limits.resource == call.resource.rawValue && (0...).contains(limits.remaining)
                && limits.remaining <= limits.limit ? limits : nil
        }
        outcome =
            switch answer {
            case nil: .unknown
            case let answer? where answer.status >= 500: .unknown
            case let answer? where answer.status == 304: .notModified
            case let answer?: RateLimitRefusal(answer, now: now).map { .refused($0) } ?? .answered
            }
    }
}

extension Connection {
    /// Frees the slot of a call, and takes in what its answer says.
    ///
    /// Doing it twice changes nothing more.
    /// - Returns: if GitHub refused the call, the time before which there must be no other, with jitter.
    func settle(_ settlement: Settlement) throws -> Timestamp? {
        let (call, principal) = (settlement.call, settlement.call.principal)
        var changes: [Query] = [.locking(principal), settlement.release]
        if let limits = settlement.limits { changes.append(settlement.fold(limits)) }
        switch settlement.outcome {
        case .refused(let refusal):
            let block = Read(block(call, refusal)) { rows in try rows.first?.get("until", as: Timestamp.self) }
            return try run(block, after: changes, within: .seconds(5))
        case .answered, .notModified:
            changes.append(
                """
                update github_sync.github_principals set strikes = 0
                where principal = \(principal) and strikes > 0 and blocked_until <= statement_timestamp()
                """
            )
        case .unknown: break
        }
        try run(changes, within: .seconds(5))
        return nil
    }

    /// Stops the calls of all workers: for as long as GitHub says, or else a minute that doubles with each refusal, up
    /// to an hour.
    ///
    /// The calls that were on the way together are refused together, which is one strike.
    private func block(_ call: PlannedCall, _ refusal: RateLimitRefusal) -> Query {
        """
        update github_sync.github_principals
        set strikes = strikes + case when blocked_until > statement_timestamp() then 0 else 1 end,
            blocked_until = greatest(
                blocked_until,
                statement_timestamp() + make_interval(secs => coalesce(
                    \(refusal.wait),
                    case
                        when blocked_until > statement_timestamp() then 0 else least(60 * 2 ^ least(strikes, 6), 3600)
                    end
                ))
            )
        where principal = \(call.principal)
        returning \(Query.withJitter("blocked_until")) as until
        """
    }
}

extension Settlement {
    /// What was not counted by GitHub is given back, in the window where we counted it.
    fileprivate var release: Query {
        var isFree = false
        if case .notModified = outcome { isFree = true }
        return """
            with ended as (
                update github_sync.github_call_slots
                set call_id = null, lease_until = '-infinity'
                where principal = \(call.principal) and call_id = \(call.id)
                returning reset_at
            )
            update github_sync.github_budget as b
            set remaining = b.remaining + 1
            from ended
            where b.principal = \(call.principal) and b.resource = \(call.resource)
                and b.reset_at = ended.reset_at and \(isFree)
            """
    }

    /// Takes in what GitHub says is left: of the window that we know the smaller number, of a newer one GitHub's.
    ///
    /// GitHub may not have counted those that are on the way now, so they are taken off. A window that ends later than
    /// in a day is not believed.
    fileprivate func fold(_ limits: RateLimit) -> Query {
        """
        update github_sync.github_budget as b
        set rl_limit = \(limits.limit),
            remaining = least(case when b.reset_at = s.reset_at then b.remaining end, s.remaining),
            reset_at = s.reset_at,
            rolls_at = least(case when b.reset_at = s.reset_at then b.rolls_at end, s.rolls_at)
        from (
            select
                \(limits.resetsAt) as reset_at,
                -- The window ends within the second that it names, by GitHub's clock, which may differ from ours.
                interval '1 second' + coalesce(
                    statement_timestamp() + (\(limits.resetsAt) - \(limits.answeredAt)), \(limits.resetsAt)
                ) as rolls_at,
                \(limits.remaining) - count(*) as remaining
            from github_sync.github_call_slots
            where principal = \(call.principal) and lease_until > statement_timestamp()
        ) as s
        where b.principal = \(call.principal) and b.resource = \(call.resource)
            and (b.reset_at <= s.reset_at) is not false
            and s.rolls_at < statement_timestamp() + interval '1 day'
        """
    }
}
