import Base
import GitHubClient

/// The way through a list by time, the longest unchanged first, within one run of a job.
///
/// Each question begins at the time with which the answer before ended, so that nothing is missed that moves to the end
/// meanwhile. Only where one second fills a page, its links are followed. What changes leaves that second, and the pages
/// behind it shift; so the second is read again until nothing in it is new.
struct TimedList<Element: Sendable>: Sendable {
    /// What an answer leaves to do.
    enum Next { case nothing, question, sameSecond }

    /// Where the next question begins; nil before the first.
    private(set) var since: Timestamp?
    /// Further pages of the question that was asked last; nil for a new one.
    private(set) var pages: Pages<Element>?
    /// GitHub's ids of what was in the second, this time and the times before.
    private var shown: Set<Int64> = []
    private var shownBefore: Set<Int64> = []

    /// Whether nothing was asked yet.
    var isFresh: Bool { since == nil && pages == nil }

    /// Takes in one page of a question that began at `start`, behind which are those that `rest` has.
    mutating func add(
        _ page: [(id: Int64, updatedAt: Timestamp)],
        _ rest: Pages<Element>,
        since start: Timestamp?
    ) -> Next {
        let isFollowing = pages != nil
        pages = nil
        shown.formUnion(page.lazy.filter { element in start.map { element.updatedAt <= $0 } ?? false }.map(\.id))
        let last = page.last?.updatedAt
        let movesOn = last.map { last in start.map { last > $0 } ?? true } ?? false
        if rest.hasNext, !movesOn {
            (since, pages) = (start, rest)
            return .question
        }
        if isFollowing, !shown.isSubset(of: shownBefore) {
            shownBefore.formUnion(shown)
            shown = []
            since = start
            return .sameSecond
        }
        self = TimedList()
        guard rest.hasNext else { return .nothing }
        since = last
        return .question
    }
}
