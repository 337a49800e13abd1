import Foundation

/// The part of the benchmarks that is a program: makes what is delivered, delivers at a fixed rate, answers as GitHub
/// does, writes the report.
///
/// `Tests/bench` runs it.
@main
enum Main {
    static func main() async {
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("Benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        switch (arguments.first, arguments.count) {
        case ("history", 3):
            try writeHistory(events: number(arguments[1]), issues: number(arguments[2]))
        case ("bodies", 3):
            try writeBodies(number(arguments[1]), secretFile: arguments[2])
        case ("send", 6):
            let (perSecond, seconds) = (try number(arguments[2]), try number(arguments[3]))
            let load = FixedRate(
                port: try number(arguments[1]),
                perSecond: perSecond,
                seconds: seconds,
                connections: try number(arguments[4]),
                deliveries: try SignedBody.samples(min(perSecond * seconds, 4000), secretFile: arguments[5])
            )
            try await load.run()
        case ("github", 3):
            try await GitHubServer(objects: number(arguments[2])).run(port: number(arguments[1]))
        case ("report", 3):
            try Report(file: arguments[1]).write(to: arguments[2])
        default:
            throw BenchmarkProblem("this is for Tests/bench, which knows the arguments")
        }
    }

    /// The events of `History` as lines: event type, action, payload, separated by tabs, nothing escaped.
    private static func writeHistory(events: Int, issues: Int) {
        var history = History(issues: issues)
        for _ in 0..<events {
            let event = history.next()
            print(event.type, event.action, event.body, separator: "\t")
        }
    }

    /// Bodies with their signatures as a Lua table, for wrk.
    private static func writeBodies(_ count: Int, secretFile: String) throws {
        print("return {")
        for sample in try SignedBody.samples(count, secretFile: secretFile) {
            print("{ body = [==[\(sample.body)]==], signature = '\(sample.signature)' },")
        }
        print("}")
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text), number > 0 else { throw BenchmarkProblem("'\(text)' is not a positive number") }
        return number
    }
}
