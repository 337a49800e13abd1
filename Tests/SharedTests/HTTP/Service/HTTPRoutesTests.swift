import HTTP
import Testing

@Suite struct HTTPRoutesTests {
    private enum Page: Equatable { case home, event, replay, issue, people, mapping, source }

    private static let routes = HTTPRoutes<Page>([
        HTTPRoute(["GET"], "/", for: .viewer, to: .home),
        HTTPRoute(["GET"], "/events/:id", for: .viewer, to: .event),
        HTTPRoute(["POST"], "/events/:id/replay", for: .operator, to: .replay),
        HTTPRoute(["GET"], "/issues/:owner/:name/:number", for: .viewer, to: .issue),
        HTTPRoute(["GET"], "/people", for: .viewer, to: .people),
        HTTPRoute(["POST", "DELETE"], "/people", for: .admin, to: .mapping),
        HTTPRoute(["POST"], "/hooks/:source/", for: .anyone, to: .source),
    ])

    private static func found(_ method: String, _ path: String) -> (Page, [String], HTTPRole)? {
        if case .found(let page, let captures, let least) = routes.match(method: method, path: path) {
            (page, captures, least)
        } else {
            nil
        }
    }

    @Test(
        arguments: [
            ("GET", "/", .home, [], .viewer), ("HEAD", "/", .home, [], .viewer),
            ("GET", "/events/42", .event, ["42"], .viewer), ("POST", "/events/42/replay", .replay, ["42"], .operator),
            ("GET", "/issues/hubot/hello/7", .issue, ["hubot", "hello", "7"], .viewer),
            ("GET", "/people", .people, [], .viewer), ("POST", "/people", .mapping, [], .admin),
            ("DELETE", "/people", .mapping, [], .admin), ("POST", "/hooks/a/", .source, ["a"], .anyone),
            ("GET", "/events/a%20b+c%2Fd%c3%A9", .event, ["a b+c/dé"], .viewer),
            ("GET", "/events/..", .event, [".."], .viewer),
        ] as [(String, String, Page, [String], HTTPRole)]
    )
    private func `a request finds its page`(
        _ method: String,
        _ path: String,
        _ page: Page,
        _ captures: [String],
        _ least: HTTPRole
    ) throws {
        let found = try #require(Self.found(method, path))
        #expect(found.0 == page)
        #expect(found.1 == captures)
        #expect(found.2 == least)
    }

    @Test(arguments: [
        "", "*", "//", "/events", "/events/", "/events//", "/events/1/", "/Events/1", "/%65vents/1",
        "/events/1/replays",
        "/issues/a/b", "/issues/a//7", "/issues/a/b/7/8", "/people/", "/hooks/a", "/hooks//", "/events/%", "/events/%4",
        "/events/%zz", "/events/%00", "/events/a%0Ab", "/events/%7f", "/events/%ff", "/events/%ED%A0%80", "/x/events/1",
    ]) func `other paths are not found`(path: String) {
        guard case .notFound = Self.routes.match(method: "GET", path: path) else {
            Issue.record("\(path) was found")
            return
        }
    }

    @Test(arguments: [
        ("POST", "/", "GET, HEAD"), ("GET", "/events/1/replay", "POST"), ("PUT", "/people", "GET, HEAD, POST, DELETE"),
        ("get", "/", "GET, HEAD"), ("OPTIONS", "/hooks/a/", "POST"),
    ]) func `other methods are told which are allowed`(method: String, path: String, allowed: String) {
        guard case .notAllowed(let methods) = Self.routes.match(method: method, path: path) else {
            Issue.record("\(method) \(path) was not refused")
            return
        }
        #expect(methods == allowed)
        let response = HTTPResponse.notAllowed(methods: methods)
        #expect(response.status == 405)
        #expect(response.fields.first("allow") == allowed)
    }

    @Test func `a role may do what lesser ones may`() {
        #expect(HTTPRole.allCases == [.anyone, .viewer, .operator, .admin])
        #expect(HTTPRole.allCases == HTTPRole.allCases.sorted())
    }

    @Test func `a path that does not meet the condition is not found, whatever the method`() {
        let route = HTTPRoute(["GET"], "/events/:id", for: .anyone, to: 1) { Int($0[0]) != nil }
        let routes = HTTPRoutes([route])
        guard case .found(1, captures: ["7"], least: .anyone) = routes.match(method: "GET", path: "/events/7"),
            case .notAllowed = routes.match(method: "PUT", path: "/events/7"),
            case .notFound = routes.match(method: "GET", path: "/events/x"),
            case .notFound = routes.match(method: "PUT", path: "/events/x")
        else {
            Issue.record("the condition was not kept")
            return
        }
    }

    @Test func `the first of several routes that fit counts`() {
        let routes = HTTPRoutes([
            HTTPRoute(["GET"], "/events/new", for: .operator, to: 1),
            HTTPRoute(["GET"], "/events/:id", for: .viewer, to: 2),
            HTTPRoute(["POST"], "/events/:id", for: .admin, to: 3),
        ])
        guard case .found(1, captures: [], least: .operator) = routes.match(method: "GET", path: "/events/new"),
            case .found(2, captures: ["1"], least: .viewer) = routes.match(method: "GET", path: "/events/1"),
            case .found(3, captures: ["new"], least: .admin) = routes.match(method: "POST", path: "/events/new"),
            case .notAllowed("GET, HEAD, POST") = routes.match(method: "PUT", path: "/events/new")
        else {
            Issue.record("another route was found")
            return
        }
    }
}
