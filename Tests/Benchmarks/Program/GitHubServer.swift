import Base
import Foundation
import HTTP
import Synchronization

/// GitHub's API with one repository, which answers every question at once: its pages only have to be put together.
///
/// One object in six is an issue, the others are comments, and each changed in a second of its own. An issue may be
/// edited; the lists show it as it was.
struct GitHubServer: Sendable {
    private let issues: ReadingList
    private let comments: ReadingList
    private let now: Issues

    /// The issues by their numbers, as they are now.
    private final class Issues: Sendable {
        let byNumber: Mutex<[Int64: Issue]>

        init(_ issues: [Issue]) {
            byNumber = Mutex(Dictionary(issues.map { ($0.number, $0) }) { $1 })
        }
    }

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
        now = Issues(issues)
    }

    /// Serves until SIGTERM.
    func run(port: Int) async throws {
        let address = try ListenAddress("127.0.0.1:\(port)")
        let server = try HTTPServer(
            listen: address,
            loops: 1,
            service: HTTPService { head in
                guard head.method == "PATCH" else { return .respond(answer(head.path, head.query ?? "", on: address)) }
                return .receive(into: WriteBody { edit(head.path, $0) }, limit: 1 << 20)
            }
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
        default:
            let issue = Self.number(path).flatMap { number in now.byNumber.withLock { $0[number] } }
            response = issue.map { .json(200, bytes: Array(GitHubJSON.object($0).utf8)) } ?? .notFound
        }
        response.fields.append("Date", Self.httpDate)
        return response
    }

    /// Edits an issue, and prints its number and the time in seconds since 1970.
    private func edit(_ path: String, _ body: [UInt8]) -> HTTPResponse {
        guard let number = Self.number(path), let edit = try? JSONDecoder().decode(Issue.Edit.self, from: Data(body))
        else { return .notFound }
        let time = Date.now
        let edited = now.byNumber.withLock { issues in
            issues[number]?.edit(edit, at: time.formatted(.iso8601))
            return issues[number]
        }
        FileHandle.standardOutput.write(Data("\(number) \(time.timeIntervalSince1970)\n".utf8))
        return edited.map { .json(200, bytes: Array(GitHubJSON.object($0).utf8)) } ?? .notFound
    }

    /// The number that a path ends with.
    private static func number(_ path: String) -> Int64? {
        path.split(separator: "/").last.flatMap { Int64($0) }
    }

    /// As HTTP writes a time.
    private static var httpDate: String {
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

/// The body of a write, which is answered once it is there.
private final class WriteBody: HTTPBodySink {
    private let answer: ([UInt8]) -> HTTPResponse
    private var bytes: [UInt8] = []

    init(_ answer: @escaping ([UInt8]) -> HTTPResponse) { self.answer = answer }

    func receive(_ bytes: UnsafeRawBufferPointer) -> HTTPResponse? {
        self.bytes.append(contentsOf: bytes)
        return nil
    }

    func finish(_ reply: HTTPReply) { reply.send(answer(bytes)) }

    func abandon() {}
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
