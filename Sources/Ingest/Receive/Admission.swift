import Base
import HTTP

/// Decides on each request by its head: an answer at once, or a delivery whose body is to come.
struct Admission: Sendable {
    let secrets: WebhookSecrets
    let budget: ByteBudget
    let intake: Intake
    let report: RequestReport
    let readiness: Readiness
    let metrics: IngestMetrics

    func admit(_ head: HTTPRequestHead) -> HTTPAdmission {
        guard let endpoint = Endpoint(path: head.path) else { return .respond(Answer.notFound.response) }
        let reads = head.method == "GET" || head.method == "HEAD"
        switch endpoint {
        case .webhook(let source) where head.method == "POST":
            let signature = Signature(secrets.policy(for: source), head.fields)
            let body = DeliveryBody(head, source, signature, budget: budget, report: report, intake: intake)
            return .receive(into: body, limit: ByteBudget.largestBody)
        case _ where !reads: return .respond(Answer.methodNotAllowed(methods: endpoint.methods).response)
        case .webhook: return .respond(Answer.information.response)
        case .health: return .respond(Answer.alive.response)
        case .readiness: return .respond(Answer.readiness(problem: readiness.problem).response)
        case .metrics: return .respond(Answer.metrics(page: metrics.page).response)
        }
    }
}
