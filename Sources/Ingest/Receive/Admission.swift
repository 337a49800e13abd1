import Base
import HTTP
import Store

/// Decides on each request by its head: an answer at once, or a delivery or wake-up whose body is to come.
struct Admission: Sendable {
    let routes: HTTPRoutes<Endpoint>
    let secrets: WebhookSecrets
    let budget: ByteBudget
    let intake: Intake
    let report: RequestReport
    let readiness: Readiness
    let metrics: IngestMetrics

    func admit(_ head: HTTPRequestHead) -> HTTPAdmission {
        switch routes.match(method: head.method, path: head.path) {
        case .notFound: return .respond(.notFound)
        case .notAllowed(let methods): return .respond(.notAllowed(methods: methods))
        case .found(.deliveries, let captures, _):
            return receive(head, from: .gitHub(source: captures.first ?? WebhookSecrets.mainSource))
        case .found(.wakes, _, _): return receive(head, from: .plane)
        case .found(.information, _, _):
            return .respond(Answer.information(EventType.allCases.map(\.rawValue)).response)
        case .found(.wakeInformation, _, _): return .respond(Answer.information(Wake.events).response)
        case .found(.health, _, _): return .respond(Answer.alive.response)
        case .found(.readiness, _, _): return .respond(Answer.readiness(problem: readiness.problem).response)
        case .found(.metrics, _, _): return .respond(Answer.metrics(page: metrics.page).response)
        }
    }

    private func receive(_ head: HTTPRequestHead, from webhook: Webhook) -> HTTPAdmission {
        let signature = Signature(secrets.policy(for: webhook.source), of: webhook, head.fields)
        let request = WebhookRequest(head: head, webhook: webhook)
        let body = DeliveryBody(request, signature, budget: budget, report: report, intake: intake)
        return .receive(into: body, limit: ByteBudget.largestBody)
    }
}
