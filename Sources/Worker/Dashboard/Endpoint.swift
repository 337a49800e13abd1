import HTTP

/// What a path stands for.
enum Endpoint: Sendable {
    typealias MakePage = @Sendable (PageRequest) async throws -> Page
    /// Gives the address of the page that shows what was done.
    typealias Act = @Sendable (PageRequest) async throws -> String

    typealias MakeFile = @Sendable (PageRequest) async throws -> HTTPResponse

    /// Also its figures as JSON, behind `/api`.
    case page(MakePage)
    /// To be stored, behind `/api` as well.
    case file(MakeFile)
    case action(Act)
    case live

    static let routes: [HTTPRoute<Endpoint>] = [
        HTTPRoute(["GET"], "/", for: .viewer, to: .page(OverviewPage.make)),
        HTTPRoute(["GET"], "/events", for: .viewer, to: .page(EventsPage.make)),
        HTTPRoute(["GET"], "/events/replay", for: .operator, to: .page(ReplayPage.make)),
        HTTPRoute(["POST"], "/events/replay", for: .operator, to: .action(ReplayPage.act)),
        HTTPRoute(["GET"], "/events/:id", for: .viewer, to: .page(EventPage.make)),
        HTTPRoute(["GET"], "/issues", for: .viewer, to: .page(IssuePage.find)),
        HTTPRoute(["GET"], "/issues/:reference", for: .viewer, to: .page(IssuePage.make)),
        HTTPRoute(["GET"], "/issues/:owner/:name/:number", for: .viewer, to: .page(IssuePage.make)),
        HTTPRoute(["GET"], "/failures", for: .viewer, to: .page(FailuresPage.make)),
        HTTPRoute(["GET"], "/repositories", for: .viewer, to: .page(RepositoriesPage.make)),
        HTTPRoute(["GET"], "/repositories/:owner/:name", for: .viewer, to: .page(RepositoryPage.make)),
        HTTPRoute(["GET"], "/jobs", for: .viewer, to: .page(JobsPage.make)),
        HTTPRoute(["POST"], "/jobs/:id/cancel", for: .operator, to: .action(JobsPage.cancel)),
        HTTPRoute(["GET"], "/outbound", for: .viewer, to: .page(OutboundPage.make)),
        HTTPRoute(["POST"], "/outbound/approve", for: .operator, to: .action(OutboundPage.approve)),
        HTTPRoute(["POST"], "/outbound/retry", for: .operator, to: .action(OutboundPage.retry)),
        HTTPRoute(["POST"], "/outbound/drop", for: .operator, to: .action(OutboundPage.drop)),
        HTTPRoute(["GET"], "/analytics", for: .viewer, to: .page(AnalyticsPage.make)),
        HTTPRoute(["GET"], "/analytics.csv", for: .viewer, to: .file(AnalyticsPage.file)),
        HTTPRoute(["GET"], "/people", for: .viewer, to: .page(PeoplePage.make)),
        HTTPRoute(["POST"], "/people/map", for: .admin, to: .action(PeoplePage.map)),
        HTTPRoute(["POST"], "/people/unmap", for: .admin, to: .action(PeoplePage.unmap)),
        HTTPRoute(["GET"], "/live", for: .viewer, to: .live),
    ]
}
