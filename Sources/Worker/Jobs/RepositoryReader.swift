import Base
import Database
import Deliveries
import Foundation
import GitHub
import GitHubClient
import JSON

/// One page of a list, as deliveries to store, and where the job goes on.
struct Step: Sendable {
    var deliveries: [Delivery] = []
    /// Objects on the page.
    var read = 0
    /// Objects that could not be read.
    var problems: [String] = []
    /// How many objects the whole job has to read, about; nil where that is not asked for, or GitHub does not tell.
    var total: Int?
    /// Where the job goes on; after the last page at the beginning.
    var next: JobPosition
    var isLast = false

    init(after position: JobPosition) { next = position }
}

/// Reads the lists of one repository, page by page.
struct RepositoryReader {
    let job: Job
    let client: GitHubClient
    let connection: Connection
    private let ids: EventIDGenerator
    /// The name of today, as soon as the repository was looked up.
    private(set) var name: RepositoryName
    private var found: RepositoryReading?
    private var issueList = TimedList<IssueReading>()
    private var commentList = TimedList<CommentReading>()
    /// GitHub's ids of the issues that were read, by their numbers.
    private var issueIDs: [Int64: Int64] = [:]
    /// The comments that a sweep was shown, by the numbers of their issues.
    var listedComments: [Int64: Set<Int64>] = [:]

    init(_ job: Job, _ client: GitHubClient, _ connection: Connection, ids: EventIDGenerator) {
        self.job = job
        self.client = client
        self.connection = connection
        self.ids = ids
        name = job.repository
    }

    /// For what an answer shows to a request that was sent at a time.
    ///
    /// The first one looks the repository up: a sweep that finds nothing new costs no call.
    /// - Throws: `JobProblem` when its name belongs to another one by now.
    mutating func reading(of answer: Answer<some Any>, sentAt: Date) async throws -> Reading {
        try Reading(in: try await repository(), ids: ids, sentAt: sentAt, answeredAt: answer.answeredAt)
    }

    private mutating func repository() async throws -> RepositoryReading {
        if let found { return found }
        guard let found = try await client.repository(job.repository).content.content else {
            throw JobProblem("GitHub did not show the repository")
        }
        guard found.repository.id == job.repositoryID, let name = RepositoryName(found.repository.fullName) else {
            throw JobProblem(
                "\(job.repository) is another repository by now (id \(found.repository.id), "
                    + "expected \(job.repositoryID))"
            )
        }
        self.name = name
        self.found = found
        return found
    }

    /// Reads the next page; a job that ends counts first how much there is.
    mutating func step(from position: JobPosition) async throws -> Step {
        let total = position == job.start && !job.repeats ? try await total() : nil
        var step =
            switch position.list {
            case .labels: try await labels(position)
            case .issues: try await issues(position)
            case .pulls: try await pulls(position)
            case .comments: try await comments(position)
            case .comparison: try await comparison(position)
            }
        step.total = total
        return step
    }

    /// The few labels do not matter.
    private func total() async throws(GitHubError) -> Int? {
        let state = job.filters.state ?? .all
        guard let issues = try await client.issueCount(in: name, since: job.filters.since, state: state),
            let comments = try await client.commentCount(in: name, since: job.filters.since)
        else { return nil }
        if job.reportsOnly { return issues.number + comments.number }
        guard let pulls = try await client.pullRequestCount(in: name) else { return nil }
        // A reconciliation lists the issues a second time.
        return issues.number * (job.kind == .reconcile ? 2 : 1) + pulls.number + comments.number
    }

    // The few labels of a repository are read at once: their list has no order by time.
    private mutating func labels(_ position: JobPosition) async throws -> Step {
        var step = Step(after: position)
        step.next.list = position.list.following
        var pages = client.labels(in: name, unless: position.etags["labels"])
        let sentAt = Date()
        while let answer = try await pages.nextPage() {
            guard let page = answer.content.content else { break }
            let reading = try await reading(of: answer, sentAt: sentAt)
            if step.read == 0 { step.next.etags["labels"] = answer.etag }
            step.add(page) { reading.label($0, list: answer.etag) }
        }
        return step
    }

    private mutating func issues(_ position: JobPosition) async throws -> Step {
        let isFirst = issueList.isFresh
        let since = issueList.since ?? job.since(position.issuesSince)
        var pages =
            issueList.pages
            ?? client.issues(
                in: name,
                since: since,
                state: job.filters.state ?? .all,
                unless: position.etags["issues"]
            )
        var step = Step(after: position)
        let sentAt = Date()
        guard let answer = try await pages.nextPage(), let page = answer.content.content else {
            step.next.list = position.list.following
            return step
        }
        step.next.etags["issues"] = nil
        let reading = try await reading(of: answer, sentAt: sentAt)
        for issue in page.elements { issueIDs[issue.issue.number] = issue.issue.id }
        step.add(page.elements.filter { !$0.issue.isPullRequest }.map { reading.issue($0) }, of: page)
        if job.kind == .sweep {
            step.next.countComments(of: page.elements)
            // The import lists pull requests, but that list cannot say what changed lately.
            for pull in page.elements where pull.issue.isPullRequest {
                if let answer = try await client.pullRequest(pull.issue.number, in: name).content.content {
                    step.deliveries.append(reading.pull(answer))
                }
            }
        }
        let next = issueList.add(page.elements.map { ($0.issue.id, $0.issue.updatedAt) }, pages, since: since)
        if next == .sameSecond { return step }
        if let last = page.elements.last?.issue.updatedAt {
            step.next.issuesSince = max(last, position.issuesSince ?? last)
        }
        if next == .nothing {
            // The next sweep asks the same question, if its time did not move on.
            if isFirst, step.next.issuesSince == position.issuesSince { step.next.etags["issues"] = answer.etag }
            step.next.list = position.list.following
        }
        return step
    }

    private mutating func pulls(_ position: JobPosition) async throws -> Step {
        var step = Step(after: position)
        step.next.list = position.list.following
        guard job.kind != .sweep else { return step }
        var pages = client.pullRequests(in: name, fromPage: position.pullPage)
        let sentAt = Date()
        guard let answer = try await pages.nextPage(), let page = answer.content.content else { return step }
        let reading = try await reading(of: answer, sentAt: sentAt)
        step.add(page) { reading.pull($0) }
        if pages.hasNext {
            step.next = position
            step.next.pullPage += 1
        }
        return step
    }

    private mutating func comments(_ position: JobPosition) async throws -> Step {
        let isFirst = commentList.isFresh
        let since = commentList.since ?? job.since(position.commentsSince)
        var pages = commentList.pages ?? client.comments(in: name, since: since, unless: position.etags["comments"])
        var step = Step(after: position)
        let sentAt = Date()
        guard let answer = try await pages.nextPage(), let page = answer.content.content else {
            try await end(&step)
            return step
        }
        step.next.etags["comments"] = nil
        let onIssues = page.elements.filter { !$0.isOnPullRequest }
        if job.reportsOnly {
            try await compare(onIssues, into: &step)
            step.add([], of: page)
        } else {
            let reading = try await reading(of: answer, sentAt: sentAt)
            let ids = try await issueIDs(of: onIssues, into: &step)
            step.add(
                onIssues.compactMap { comment in ids[comment.issueNumber].map { reading.comment(comment, on: $0) } },
                of: page
            )
            for comment in onIssues { listedComments[comment.issueNumber, default: []].insert(comment.comment.id) }
        }
        let next = commentList.add(page.elements.map { ($0.comment.id, $0.comment.updatedAt) }, pages, since: since)
        if next == .sameSecond { return step }
        if let last = page.elements.last?.comment.updatedAt {
            step.next.commentsSince = max(last, position.commentsSince ?? last)
        }
        if next == .nothing {
            if isFirst, step.next.commentsSince == position.commentsSince {
                step.next.etags["comments"] = answer.etag
            }
            try await end(&step)
        }
        return step
    }

    /// The end of the last list; a reconciliation compares then.
    private mutating func end(_ step: inout Step) async throws {
        if job.kind == .sweep { try await compareComments(into: &step) }
        listedComments = [:]
        step.next.list = job.kind == .reconcile ? .comparison : .labels
        step.isLast = job.kind != .reconcile
    }

    /// GitHub's ids of the issues that comments are on; an issue that is known nowhere is read first.
    private mutating func issueIDs(of comments: [CommentReading], into step: inout Step) async throws -> [Int64: Int64]
    {
        let numbers = Set(comments.map(\.issueNumber))
        let unread = numbers.filter { issueIDs[$0] == nil }
        if !unread.isEmpty {
            let stored = try await connection.issueIDs(of: unread.sorted(), in: job.repositoryID)
            issueIDs.merge(stored) { $1 }
        }
        for number in numbers.sorted() where issueIDs[number] == nil {
            guard let (issue, delivery) = try await issue(number) else { continue }
            issueIDs[number] = issue.id
            step.deliveries.append(delivery)
        }
        return issueIDs
    }

    /// Nil for a pull request, and for an issue that was deleted since its comment was listed, as the comment was.
    mutating func issue(_ number: Int64) async throws -> (GitHubIssue, Delivery)? {
        let sentAt = Date()
        let answer: Answer<Conditional<IssueReading>>
        do throws(GitHubError) {
            answer = try await client.issue(number, in: name)
        } catch {
            guard [.notFound, .gone].contains(error) else { throw error }
            return nil
        }
        guard let shown = answer.content.content, !shown.issue.isPullRequest else { return nil }
        return (shown.issue, try await reading(of: answer, sentAt: sentAt).issue(shown))
    }
}

extension Job {
    /// The position that it was entered with.
    fileprivate var start: JobPosition {
        var start = JobPosition()
        if reportsOnly { start.list = .comments }
        return start
    }

    /// Where a list begins: a sweep goes back a minute, because a replica of GitHub's may be late.
    fileprivate func since(_ last: Timestamp?) -> Timestamp? {
        guard let last else { return filters.since }
        return kind == .sweep ? Timestamp(microseconds: last.microseconds - 60_000_000) : last
    }
}

extension JobPosition.List {
    /// The list that is read next; behind the last one the first again.
    fileprivate var following: Self {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}

extension Step {
    fileprivate mutating func add<Element>(_ page: Page<Element>, _ delivery: (Element) -> Delivery) {
        add(page.elements.map(delivery), of: page)
    }

    fileprivate mutating func add<Element>(_ deliveries: [Delivery], of page: Page<Element>) {
        self.deliveries += deliveries
        read += page.elements.count + page.problems.count
        problems += page.problems.map(\.description)
    }
}

extension JobPosition {
    fileprivate mutating func countComments(of issues: [IssueReading]) {
        for issue in issues where !issue.issue.isPullRequest {
            commentCounts[issue.issue.number] = issue.commentCount.map {
                CommentCount(comments: $0, updatedAt: issue.issue.updatedAt)
            }
        }
    }
}
