import HTTP
import Testing

@testable import Ingest

@Suite struct EndpointTests {
    private static let webhooks = "/api/webhooks/github-mcp"
    private static let wakes = "/api/webhooks/plane"
    private static let routes = Endpoint.routes(takingWakes: true)

    @Test(arguments: [
        "/", "/healthz/", "/api/webhooks/github-mcp//", "/api/webhooks/github-mcp/a/b", "/metrics?",
        "/api/webhooks/github-mcp/A", "/api/webhooks/github-mcp/-a", "/api/webhooks/github-mcp/a-",
        "/api/webhooks/github-mcp/a%2f", "/api/webhooks/github-mcpx", "//api/webhooks/github-mcp", "",
        "/api/webhooks/plane/a", "/api/webhooks/plane//", "/api/webhooks/planes", "/api/webhooks/Plane",
    ]) func `other paths are nothing`(_ path: String) {
        for method in ["GET", "POST", "PUT"] {
            guard case .notFound = Self.routes.match(method: method, path: path) else {
                Issue.record("\(method) \(path) leads somewhere")
                return
            }
        }
    }

    @Test(arguments: [
        ("GET", "/healthz", Endpoint.health, []), ("HEAD", "/readyz", .readiness, []),
        ("GET", "/metrics", .metrics, []),
        ("POST", webhooks, .deliveries, []), ("POST", webhooks + "/", .deliveries, []),
        ("POST", webhooks + "/acme-2", .deliveries, ["acme-2"]),
        ("POST", webhooks + "/acme-2/", .deliveries, ["acme-2"]),
        ("GET", webhooks + "/acme-2/", .information, ["acme-2"]), ("HEAD", webhooks, .information, []),
        ("POST", wakes, .wakes, []), ("POST", wakes + "/", .wakes, []),
        ("GET", wakes + "/", .wakeInformation, []), ("HEAD", wakes, .wakeInformation, []),
    ]) func `a path is one of these`(_ method: String, _ path: String, endpoint: Endpoint, source: [String]) {
        guard case .found(let target, let captures, .anyone) = Self.routes.match(method: method, path: path) else {
            Issue.record("\(method) \(path) leads nowhere")
            return
        }
        #expect(target == endpoint)
        #expect(captures == source)
    }

    @Test(arguments: [
        ("/healthz", "GET, HEAD"), (webhooks, "GET, HEAD, POST"), (webhooks + "/acme-2", "GET, HEAD, POST"),
        (wakes, "GET, HEAD, POST"), (wakes + "/", "GET, HEAD, POST"),
    ])
    func `another method is told which ones there are`(_ path: String, methods: String) {
        guard case .notAllowed(let allowed) = Self.routes.match(method: "DELETE", path: path) else {
            Issue.record("\(path) takes DELETE")
            return
        }
        #expect(allowed == methods)
    }

    @Test(arguments: ["GET", "HEAD", "POST", "DELETE"], [wakes, wakes + "/"])
    func `where no wake-ups are taken their path is nothing`(_ method: String, _ path: String) {
        guard case .notFound = Endpoint.routes(takingWakes: false).match(method: method, path: path) else {
            Issue.record("\(method) \(path) leads somewhere")
            return
        }
    }
}
