import Base

/// The only way to GitHub: each call is reserved in the fleet's budget before, and settled after it.
///
/// That a call was redirected is known only after it: each redirect costs one more, which the answer's numbers include.
struct MeteredTransport: Sendable {
    private let transport: APITransport
    /// Nil only in tests of the client itself.
    let budget: FleetBudget?

    init(_ transport: APITransport, _ budget: FleetBudget?) {
        self.transport = transport
        self.budget = budget
    }

    var address: APIAddress { transport.address }

    func send(
        _ request: APIRequest,
        as caller: Caller,
        _ priority: CallPriority,
        until deadline: ContinuousClock.Instant
    ) async throws(GitHubError) -> HTTPAnswer {
        guard let budget else { return try await transport.send(request, as: caller.token, until: deadline) }
        let call = PlannedCall(request, as: caller.principal, priority)
        try await budget.reserve(call, until: deadline)
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(request, as: caller.token, until: deadline)
        } catch {
            _ = await budget.settle(call, nil)
            throw error
        }
        if let refusal = await budget.settle(call, answer) { throw refusal }
        return answer
    }
}
