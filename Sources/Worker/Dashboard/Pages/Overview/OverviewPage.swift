import Base
import JSON

/// `/` says whether it is well.
enum OverviewPage {
    static func make(_ request: PageRequest) async throws -> Page {
        let snapshot = await request.overview.current()
        let parts = OverviewView(snapshot: snapshot, site: request.site, now: request.now).parts
        let full: Set<String> = ["sentence", "figures", "hour", "latest"]
        let wide = parts.filter { full.contains($0.id) }.map(\.element)
        let narrow = parts.filter { !full.contains($0.id) }.map(\.element)
        return Page(
            "Overview",
            in: .overview,
            status: snapshot.reading == nil ? 503 : 200,
            isLive: true,
            json: snapshot.reading?.json ?? .object(["error": .optional(snapshot.problem)]),
            "<h1 class=\"hidden\">Overview</h1>\(wide)<div class=\"grid\">\(narrow)</div>"
        )
    }
}
