import Base
import Foundation
import HTTP

/// GitHub's API with one repository, which answers every question at once: its pages only have to be put together.
///
/// One object in six is an issue, the others are comments, and each changed in a second of its own.
struct ReadingServer: Sendable {
    private let issues: ReadingList
    private let comments: ReadingList

    init(objects: Int) {
        var random = SplitMix64(state: 11)
        var issues: [Issue] = []
        var made = (issues: ReadingList(), comments: ReadingList())
        for place in 0..<objects {
            let time = History.time(place)
            if place.isMultiple(of: 6) {
                var issue = Issue(number: Int64(place / 6 + 1))
                issue.open(at: time, using: &random)
                issues.append(issue)
                made.issues.append(GitHubJSON.object(issue), changed: time)
            } else {
                let text = Prose.text(300...1500, using: &random)
                let comment = Comment(id: Int64(place), text: text, createdAt: time, updatedAt: time)
                let issue = issues[Int.random(in: issues.indices, using: &random)]
                made.comments.append(GitHubJSON.object(comment, on: issue), changed: time)
            }
        }
        (self.issues, comments) = made
    }

    /// Serves until SIGTERM.
    func run(port: Int) async throws {
        let address = try ListenAddress("127.0.0.1:\(port)")
        let server = try HTTPServer(
            listen: address,
            loops: 1,
            service: HTTPService { head in .respond(answer(head.path, head.query ?? "", on: address)) }
        )
        try await Signals.cancelling { await server.run() }
    }

    private func answer(_ path: String, _ query: String, on address: ListenAddress) -> HTTPResponse {
        let root = "/repos/\(GitHubJSON.name)"
        var response: HTTPResponse
        switch path {
        case "/user": response = .json(200, bytes: Array(#"{"id":1,"login":"bench"}"#.utf8))
        case root: response = .json(200, bytes: Array(GitHubJSON.repository.utf8))
        case "\(root)/labels":
            response = .json(200, bytes: Array("[\(GitHubJSON.labels.joined(separator: ","))]".utf8))
        case "\(root)/pulls": response = .json(200, bytes: Array("[]".utf8))
        case "\(root)/issues", "\(root)/issues/comments":
            let parameters = URLComponents(string: "?\(query)")?.queryItems ?? []
            let since = parameters.first { $0.name == "since" }?.value
            let page = (path == "\(root)/issues" ? issues : comments).page(since: since ?? "")
            response = .json(200, bytes: page.body)
            // Who reads goes on from the last time, and wants to know only whether there is more.
            if page.hasNext {
                response.fields.append("Link", #"<http://\#(address)\#(path)?\#(query)&page=2>; rel="next""#)
            }
        default: response = .notFound
        }
        response.fields.append("Date", Self.now)
        return response
    }

    /// As HTTP writes a time.
    private static var now: String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits) GMT
                """,
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian)
        )
        return Date.now.formatted(style)
    }
}

/// Objects in the order of their times, as JSON.
private struct ReadingList: Sendable {
    private var times: [String] = []
    private var objects: [[UInt8]] = []

    mutating func append(_ object: String, changed time: String) {
        times.append(time)
        objects.append(Array(object.utf8))
    }

    /// The first hundred objects that changed at `since` or later.
    func page(since: String) -> (body: [UInt8], hasNext: Bool) {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < since { low = middle + 1 } else { high = middle }
        }
        let shown = objects.dropFirst(low).prefix(100)
        let body = [UInt8(ascii: "[")] + shown.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        return (body, shown.endIndex < objects.count)
    }
}
