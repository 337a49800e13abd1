import Synchronization

/// A metrics page that is made at most once a second, however many ask for it.
package final class MetricsPageCache: Sendable {
    private struct Page {
        let text: String
        let made: ContinuousClock.Instant
    }

    private let lifetime: Duration
    private let page = Mutex<Page?>(nil)

    package init(lifetime: Duration = .seconds(1)) { self.lifetime = lifetime }

    /// The cached page, or a new one if that is too old; callers wait while a page is made.
    package func text(at now: ContinuousClock.Instant = .now, _ make: () -> String) -> String {
        page.withLock { page in
            if let page, now - page.made < lifetime { return page.text }
            let made = Page(text: make(), made: now)
            page = made
            return made.text
        }
    }
}
