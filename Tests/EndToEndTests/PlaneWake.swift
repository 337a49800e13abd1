import Base
import Database
import Foundation
import TestSupport

/// A request of Plane's webhook, made up for a test.
struct PlaneWake: Sendable {
    static let path = "/api/webhooks/plane/"
    static let secret = "plane_wh_8d1f0c27b6e94a35"
    static let settings = ["PLANE_WEBHOOK_SECRET": secret]

    var event = "issue"
    var id = UUID().text
    /// What else an issue has.
    var padding = ""

    /// As Python's `json.dumps` writes it.
    var body: String {
        """
        {"event": "\(event)", "action": "updated", "webhook_id": "\(UUID().text)", "workspace_id": "\(UUID().text)", \
        "data": {"id": "\(id)", "name": "Gr\\u00fc\\u00dfe", "description_html": "<p>\(padding)</p>"}, \
        "activity": {"field": "name", "old_value": "", "new_value": "Gr\\u00fc\\u00dfe"}}
        """
    }

    static func signature(of body: String, secret: String = secret) -> (String, String) {
        ("X-Plane-Signature", String(TestSupport.signature(of: Array(body.utf8), secret: secret).dropFirst(7)))
    }

    /// The fields of a correctly signed request.
    static func fields(_ body: String, type: String = "application/json", secret: String = secret) -> [(String, String)]
    {
        [
            ("User-Agent", "Autopilot"), ("Content-Type", type), ("X-Plane-Delivery", UUID().text),
            ("X-Plane-Event", "issue"), signature(of: body, secret: secret),
        ]
    }
}

extension IngestProgram {
    /// Sends a correctly signed request of Plane's webhook over a connection of its own.
    func wake(
        _ body: String,
        type: String = "application/json",
        secret: String = PlaneWake.secret
    ) async throws -> TestHTTP.Response {
        let fields = PlaneWake.fields(body, type: type, secret: secret)
        return try await TestHTTP(port: port).send("POST", PlaneWake.path, fields, body: Array(body.utf8))
    }

    func wakes(_ status: String) async throws -> Double? {
        try await metric("plane_ingest_wakes_total{status=\"\(status)\"}")
    }
}

extension Connection {
    /// The stored wake-ups as `kind id`, in order.
    func storedWakes() throws -> [String] {
        try run(
            "select kind || ' ' || plane_id as value from github_sync.github_outbound_wakes order by 1"
        ).map { try $0.get("value") }
    }
}
