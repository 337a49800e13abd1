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
        switch Endpoint.routes.match(method: head.method, path: head.path) {
        case .notFound: return .respond(.notFound)
        case .notAllowed(let methods): return .respond(.notAllowed(methods: methods))
        case .found(.deliveries, let captures, _):
            let source = captures.first ?? WebhookSecrets.mainSource
            let signature = Signature(secrets.policy(for: source), head.fields)
            let body = DeliveryBody(head, source, signature, budget: budget, report: report, intake: intake)
            return .receive(into: body, limit: ByteBudget.largestBody)
        case .found(.information, _, _): return .respond(Answer.information.response)
        case .found(.health, _, _): return .respond(Answer.alive.response)
        case .found(.readiness, _, _): return .respond(Answer.readiness(problem: readiness.problem).response)
        case .found(.metrics, _, _): return .respond(Answer.metrics(page: metrics.page).response)
        }
    }
}
