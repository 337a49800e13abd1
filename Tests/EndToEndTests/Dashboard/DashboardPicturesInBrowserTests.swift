import Foundation
import TestSupport
import Testing

/// Pictures of the pages for people who want to see before they install.
///
/// With `DASHBOARD_PICTURES` they are written to that directory; those in deploy/dashboard were made so.
@Suite(.timeLimit(.minutes(15))) struct DashboardPicturesInBrowserTests {
    private struct Picture {
        let name: String
        let path: String
        var scheme = Page.Scheme.light
        var width = 1_180
        var height = 760
    }

    private static func pictures(_ event: UUID) -> [Picture] {
        let id = event.uuidString.lowercased()
        return [
            Picture(name: "overview", path: "/"),
            Picture(name: "overview-dark", path: "/", scheme: .dark),
            Picture(name: "overview-phone", path: "/", width: 390, height: 844),
            Picture(name: "event", path: "/events/\(id)"),
            Picture(name: "issue", path: "/issues/acme/rocket/12"),
            Picture(name: "issue-dark-phone", path: "/issues/acme/rocket/12", scheme: .dark, width: 390, height: 844),
            Picture(name: "analytics", path: "/analytics?range=30d"),
            Picture(name: "analytics-dark", path: "/analytics?range=30d", scheme: .dark),
        ]
    }

    @Test func `pictures show a month of a team's work, and no page of it has a problem`() async throws {
        let folder = ProcessInfo.processInfo.environment["DASHBOARD_PICTURES"].map { URL(filePath: $0) }
        try await TestDatabase.with { database in
            let showcase = try await Showcase.fill(database)
            let ingest = try await IngestProgram(database)
            let dashboard = try await DashboardProgram(database)
            let address = "http://127.0.0.1:\(dashboard.port)"
            try await Browser.open("\(address)/") { page in
                for picture in Self.pictures(showcase.event) {
                    try await page.prefer(picture.scheme)
                    try await page.setSize(picture.width, picture.height)
                    try await page.go(to: "\(address)\(picture.path)")
                    let png = try await page.screenshot()
                    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]) && png.count > 5_000, "\(picture.name)")
                    try folder.map { try png.write(to: $0.appending(path: "\(picture.name).png")) }
                    let problems = try await page.problems()
                    #expect(problems == [], "\(picture.name): \(problems)")
                }
            }
            #expect(try await showcase.worker.stop() == 0)
            #expect(try await ingest.stop() == 0)
        }
    }
}
