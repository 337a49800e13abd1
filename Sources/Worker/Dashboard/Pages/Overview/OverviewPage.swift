import Base
import JSON

/// `/` says whether it is well.
enum OverviewPage {
    /// For browsers without script, which no stream tells what is new.
    private static let again: HTML = "<noscript><p><a href=\"?refresh=10\">Load it again every 10 s</a></p></noscript>"

    static func make(_ request: PageRequest) async throws -> Page {
        let snapshot = await request.overview.current()
        let parts = OverviewView(snapshot: snapshot, site: request.site, now: request.now).parts
        let full: Set<String> = ["state", "sentence", "checks", "figures", "hour", "latest"]
        let wide = parts.filter { full.contains($0.id) }.map(\.element)
        let narrow = parts.filter { !full.contains($0.id) }.map(\.element)
        return Page(
            "Overview",
            in: .overview,
            status: snapshot.reading == nil ? 503 : 200,
            isLive: true,
            json: snapshot.reading?.json ?? .object(["error": .optional(snapshot.problem)]),
            "<h1 class=\"hidden\">Overview</h1>\(wide)<div class=\"grid tables\">\(narrow)</div>\(again)"
        )
    }
}
