import Base
import Database
import Deliveries
import HTTP
import Store

/// Counts and logs what becomes of requests; it decides nothing.
struct RequestReport: Sendable {
    private let metrics: IngestMetrics
    private let tally: NodeTally
    private let log: Log
    private let limitedLog: LimitedLog

    init(metrics: IngestMetrics, tally: NodeTally, log: Log) {
        self.metrics = metrics
        self.tally = tally
        self.log = log
        limitedLog = LimitedLog(log)
    }

    /// `index` is the position of the secret in the configuration, nil where no signature is asked for.
    func signatureMatched(_ request: WebhookRequest, _ index: Int?) {
        if let index { metrics.secretUses.add(SecretUse(source: request.webhook.source, index: index)) }
    }

    func signatureRefused(_ refusal: Signature.Refusal, _ request: WebhookRequest) {
        metrics.signatureRefusals.add(refusal)
        tally.add(refusal, by: request.webhook)
        let words: StaticString =
            request.webhook == .plane ? "signature of a wake-up refused" : "signature refused"
        limitedLog(.warning, words, reason: refusal.rawValue, [.address: request.head.client])
    }

    /// The outcome of a request that did not become a delivery.
    func record(_ outcome: DeliveryOutcome, of request: WebhookRequest) {
        let head = request.head
        let words: StaticString
        switch request.webhook {
        case .gitHub:
            words = "delivery refused"
            metrics.count(EventLabel(head.fields.first("x-github-event")), outcome.status)
        case .plane:
            words = "wake-up refused"
            metrics.wakes.add(outcome.status)
        }
        tally.add(outcome.status, by: request.webhook)
        switch outcome {
        case .accepted, .duplicate, .requeued, .noted, .notConnected, .ping, .ignored, .unauthorized: break
        case .invalid(let fault, let detail):
            var keys: Log.Keys = [.address: head.client, .error: detail]
            // What is too long or not printable is not repeated.
            if let headers = try? DeliveryHeaders(head.fields) { keys[.deliveryID] = headers.deliveryID }
            limitedLog(.warning, words, reason: fault.rawValue, keys)
        case .unsupportedContentType, .overloaded, .unavailable:
            limitedLog(.warning, words, reason: outcome.status.rawValue, [.address: head.client])
        }
    }

    func received(_ delivery: Delivery, from head: HTTPRequestHead) {
        log(
            .debug,
            "delivery received",
            delivery.logKeys.merging([.address: head.client, .bytes: delivery.payload.bytes.count]) { $1 }
        )
    }

    /// A webhook was set up, or somebody tries it: the log says that it reaches this node.
    func received(_ ping: Ping, from head: HTTPRequestHead, isSigned: Bool) {
        if isSigned { tally.addPing(ping) }
        var keys: Log.Keys = [.address: head.client]
        keys[.repository] = ping.name
        limitedLog(.info, "ping answered", reason: isSigned ? "signed" : "unsigned", keys)
    }

    /// A delivery with a valid signature was of a repository that no project follows.
    func unknownRepository(_ delivery: Delivery, isNews: Bool) {
        tally.addUnknown(delivery.repositoryID, delivery.repositoryName)
        guard isNews else { return }
        log(.info, "no project follows this repository; plane-worker connect has one follow it", delivery.logKeys)
    }

    func count(_ outcome: DeliveryOutcome, of delivery: Delivery, after duration: Duration) {
        metrics.requestSeconds.observe(duration)
        tally.add(outcome.status, by: .gitHub())
        metrics.count(EventLabel(delivery.event.rawValue), outcome.status)
    }

    /// Logs each delivery: what went wrong as a warning, for the operator, and the rest for debugging only.
    func log(_ outcome: DeliveryOutcome, of delivery: Delivery, after duration: Duration) {
        let keys: () -> Log.Keys = { delivery.logKeys(of: outcome).merging([.durationSeconds: duration]) { $1 } }
        switch outcome {
        case .invalid(let fault, let detail):
            log(.warning, "delivery not stored", keys().merging([.reason: fault.rawValue, .error: detail]) { $1 })
        case .unavailable, .overloaded: log(.warning, "delivery not stored", keys())
        default: log(.debug, "delivery answered", keys())
        }
    }

    /// What the HTTP server itself refused, cut off or could not do.
    func record(_ event: HTTPServerEvent) {
        switch event {
        case .refusedConnection(let limit, let address):
            limitedLog(.warning, "connection refused", reason: limit.rawValue, [.address: address])
        case .cannotAccept(let code):
            limitedLog(.error, "connections cannot be accepted", reason: "errno \(code)")
        case .refusedRequest(let refusal, let address):
            if refusal == .bodyTooLarge {
                metrics.count(EventLabel(nil), .tooLarge)
                tally.add(.tooLarge, by: .gitHub())
            }
            limitedLog(.info, "request refused", reason: refusal.rawValue, [.address: address])
        case .listenerLost(let code):
            limitedLog(.error, "the listening socket accepts no more", reason: "errno \(code)")
        case .timedOut(let timeout, let address):
            limitedLog(.info, "connection timed out", reason: timeout.rawValue, [.address: address])
        case .cutOff(let connections):
            log(.warning, "connections cut off", [.count: connections])
        }
    }
}
