import Testing

@testable import Ingest

@Suite struct EndpointTests {
    @Test(arguments: [
        "/", "/healthz/", "/api/webhooks/github-mcp//", "/api/webhooks/github-mcp/a/b", "/metrics?",
        "/api/webhooks/github-mcp/A", "/api/webhooks/github-mcp/-a", "/api/webhooks/github-mcp/a-",
        "/api/webhooks/github-mcp/a%2f", "/api/webhooks/github-mcpx", "//api/webhooks/github-mcp", "",
    ]) func `other paths are nothing`(_ path: String) {
        #expect(Endpoint(path: path) == nil)
    }

    @Test(arguments: [
        ("/healthz", Endpoint.health), ("/readyz", .readiness), ("/metrics", .metrics),
        ("/api/webhooks/github-mcp", .webhook(source: "")), ("/api/webhooks/github-mcp/", .webhook(source: "")),
        ("/api/webhooks/github-mcp/acme-2", .webhook(source: "acme-2")),
        ("/api/webhooks/github-mcp/acme-2/", .webhook(source: "acme-2")),
    ]) func `a path is one of these`(_ path: String, endpoint: Endpoint) {
        #expect(Endpoint(path: path) == endpoint)
    }
}
