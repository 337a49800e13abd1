import Base
import Database
import HTTP

/// Answers requests: who asks, for what, and whether they may.
final class DashboardService: Sendable {
    let config: DashboardConfig
    private let data: DashboardData
    private let overview: OverviewSource
    private let analytics: AnalyticsSource
    private let broadcaster: Broadcaster
    let health: DashboardHealth
    private let metrics: DashboardMetrics
    let log: Log
    private let routes = HTTPRoutes(Endpoint.routes)

    init(
        _ config: DashboardConfig,
        data: DashboardData,
        overview: OverviewSource,
        broadcaster: Broadcaster,
        health: DashboardHealth,
        metrics: DashboardMetrics,
        log: Log
    ) {
        self.config = config
        self.data = data
        self.overview = overview
        analytics = AnalyticsSource(data)
        self.broadcaster = broadcaster
        self.health = health
        self.metrics = metrics
        self.log = log
    }

    var site: Site { config.site }

    /// Decides by the head alone; it runs on the loop's thread and waits for nothing.
    func admit(_ head: HTTPRequestHead) -> HTTPAdmission {
        if let probe = probe(head) { return probe }
        guard config.origin.isForUs(head) else {
            return refuse(
                421,
                "wrong_host",
                "This server is not \(head.fields.first("host") ?? ""): see DASHBOARD_HOSTS."
            )
        }
        guard let path = site.path(of: head.path) else { return .respond(.notFound) }
        for asset in [Asset.style, Asset.script] where asset.path == path {
            return head.method == "GET" || head.method == "HEAD"
                ? .respond(asset.response) : .respond(.notAllowed(methods: "GET, HEAD"))
        }
        switch config.signIn.outcome(head) {
        case .visitor(let visitor): return admit(head, path, visitor)
        case .tooManyAttempts:
            metrics.refused.add(.attempts)
            return respond(Self.tooManyAttempts)
        case .forwarded:
            return refuse(403, "forwarded", "Nobody can sign in here, so nothing is shown through a proxy.")
        case .unknown:
            if head.fields.first("authorization") != nil {
                metrics.refused.add(.signIn)
                log(.warning, "a sign-in was wrong", [.address: head.client])
            }
            return respond(Self.unknown)
        }
    }

    private func admit(_ head: HTTPRequestHead, _ path: String, _ visitor: Visitor) -> HTTPAdmission {
        let isAPI = path == "/api" || path.hasPrefix("/api/")
        let rest = isAPI ? String(path.dropFirst(4)) : path
        let routed = rest.isEmpty ? "/" : rest
        switch routes.match(method: head.method, path: routed) {
        case .notFound: return respond(answer(PageProblem.notFound, visitor, asJSON: isAPI))
        case .notAllowed(let methods): return respond(.notAllowed(methods: methods))
        case .found(let endpoint, let captures, let least):
            guard visitor.role >= least else {
                metrics.refused.add(.role)
                return refuse(403, "forbidden", "Your role is \(visitor.role.word); this needs \(least.word).")
            }
            let request = PageRequest(
                site: site,
                visitor: visitor,
                place: routed,
                captures: captures,
                query: HTTPForm(query: head.query),
                data: data,
                overview: overview,
                analytics: analytics,
                now: .now
            )
            return admit(endpoint, request, head, asJSON: isAPI)
        }
    }

    private func admit(
        _ endpoint: Endpoint,
        _ request: PageRequest,
        _ head: HTTPRequestHead,
        asJSON: Bool
    ) -> HTTPAdmission {
        switch endpoint {
        case .page(let make):
            return .receive(
                into: RequestSink { [self] _, reply in
                    Task { reply.send(await page(make, request, asJSON: asJSON)) }
                },
                limit: 0
            )
        case .file(let make):
            return .receive(
                into: RequestSink { [self] _, reply in
                    Task { reply.send(await file(make, request, asJSON: asJSON)) }
                },
                limit: 0
            )
        case .live: return live(head)
        case .action(let act):
            if let refusal = actionRefusal(head, request.visitor, asJSON: asJSON) { return refusal }
            return .receive(
                into: RequestSink { [self] body, reply in
                    Task { reply.send(await perform(act, request, HTTPForm(body))) }
                },
                limit: 256 * 1024
            )
        }
    }

    /// The stream of news, or the same messages over a WebSocket where the client asks for one.
    private func live(_ head: HTTPRequestHead) -> HTTPAdmission {
        guard head.fields.first("upgrade") != nil else {
            return .receive(
                into: RequestSink { [broadcaster] _, reply in
                    LiveSubscriber.addEvents(reply.stream(Self.fields), to: broadcaster)
                },
                limit: 0
            )
        }
        do throws(WebSocketHandshake.Problem) {
            let own = config.origin.own(head, scheme: scheme(head))
            let handshake = try WebSocketHandshake(head) { $0 == nil || $0?.lowercased() == own }
            return .receive(
                into: RequestSink { [broadcaster] _, reply in
                    LiveSubscriber.addMessages(reply.webSocket(handshake, Self.fields), to: broadcaster)
                },
                limit: 0
            )
        } catch {
            if error == .origin { metrics.refused.add(.origin) }
            return respond(error.response)
        }
    }

    /// By which scheme the browser came, as far as a trusted proxy says.
    private func scheme(_ head: HTTPRequestHead) -> String {
        let forwarded = config.signIn.isFromProxy(head) ? head.fields.first("x-forwarded-proto") : nil
        return forwarded?.lowercased() ?? "http"
    }

    /// Why nothing may be changed; nil when it may.
    private func actionRefusal(_ head: HTTPRequestHead, _ visitor: Visitor, asJSON: Bool) -> HTTPAdmission? {
        guard !asJSON, config.origin.isSameOrigin(head, scheme: scheme(head)) else {
            metrics.refused.add(.origin)
            return refuse(403, "foreign_origin", "A page of another origin may not change anything here.")
        }
        guard site.mayAct(visitor) else {
            metrics.refused.add(.role)
            return refuse(403, "read_only", "Nothing can be changed here: see DASHBOARD_ACTIONS.")
        }
        let type = head.fields.first("content-type")?.prefix { $0 != ";" }.lowercased()
        guard type == "application/x-www-form-urlencoded" else {
            return refuse(415, "unsupported_media_type", "A form comes as application/x-www-form-urlencoded.")
        }
        return nil
    }

    // MARK: Probes

    private enum Probe { case health, readiness, metrics }

    private static let probes = HTTPRoutes([
        HTTPRoute(["GET"], "/healthz", for: .anyone, to: Probe.health),
        HTTPRoute(["GET"], "/readyz", for: .anyone, to: Probe.readiness),
        HTTPRoute(["GET"], "/metrics", for: .anyone, to: Probe.metrics),
    ])

    /// The answers to whoever watches the process, who does not sign in and asks by an address; nil for other paths.
    private func probe(_ head: HTTPRequestHead) -> HTTPAdmission? {
        switch Self.probes.match(method: head.method, path: head.path) {
        case .notFound: nil
        case .notAllowed(let methods): .respond(.notAllowed(methods: methods))
        case .found(.health, _, _): .respond(.text(200, "ok\n"))
        case .found(.readiness, _, _):
            .receive(into: RequestSink { [self] _, reply in Task { reply.send(await readiness()) } }, limit: 0)
        case .found(.metrics, _, _): .respond(.text(200, metrics.page, type: MetricsRegistry.contentType))
        }
    }

    /// Ready is who can show a page now.
    private func readiness() async -> HTTPResponse {
        do {
            try health.check()
            try await data.connection.checkAnswer()
            return .text(200, "ready\n")
        } catch {
            let detail = health.problem ?? "The database does not answer."
            return .error(503, code: "not_ready", detail: detail)
        }
    }
}

/// Collects the body of a form, or waits for a request without one to be whole.
private final class RequestSink: HTTPBodySink {
    private var body: [UInt8] = []
    private let whole: ([UInt8], HTTPReply) -> Void

    init(_ whole: @escaping ([UInt8], HTTPReply) -> Void) { self.whole = whole }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? {
        body.append(contentsOf: bytes)
        return nil
    }

    func finish(_ reply: HTTPReply) { whole(body, reply) }

    func abandon() {}
}
