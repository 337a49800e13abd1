import Testing

@testable import Database
@testable import Worker

struct ArgumentsTests {
    private static let options = [
        Option("--limit", "N", "a number"), Option("--status", "STATUS", "a status"), Option("--json", "a switch"),
    ]

    private func parse(_ words: [String], positional: String? = nil) throws(UsageProblem) -> Arguments {
        try Arguments(words, command: "events", options: Self.options, positional: positional)
    }

    @Test(arguments: [["--limit", "7"], ["--limit=7"], ["--json", "--limit", "7"], ["--limit=7", "--json"]])
    func `an option is read in both spellings and any order`(_ words: [String]) throws {
        #expect(try parse(words).int("--limit", in: 1...10) == 7)
    }

    @Test func `what is not given is nil`() throws {
        let arguments = try parse([])
        #expect(try arguments.int("--limit", in: 1...10) == nil)
        #expect(arguments.string("--status") == nil)
        #expect(!arguments.has("--json"))
    }

    @Test(arguments: [
        (["--watch"], nil), (["--watch", "--json"], nil), (["--watch", "5"], "5"), (["--watch=5", "--json"], "5"),
    ])
    func `a value that may be left out is taken where there is one`(_ words: [String], _ value: String?) throws {
        let options = [Option("--watch", "SECONDS", "again", isValueOptional: true), Option("--json", "a switch")]
        let arguments = try Arguments(words, command: "status", options: options)
        #expect(arguments.has("--watch"))
        #expect(arguments.string("--watch") == value)
        #expect(arguments.has("--json") == words.contains("--json"))
    }

    @Test func `words without dashes are kept in order, after -- whatever they look like`() throws {
        let arguments = try parse(["a", "--json", "b", "--", "--limit", "-x"], positional: "ID")
        #expect(arguments.positionals == ["a", "b", "--limit", "-x"])
        #expect(arguments.has("--json"))
    }

    @Test func `a value may hold an equals sign and begin with dashes when it is attached`() throws {
        #expect(try parse(["--status=--a=b"]).string("--status") == "--a=b")
    }

    @Test(arguments: [
        (["--nope"], "unknown option '--nope'"),
        (["--nope=3"], "unknown option '--nope'"),
        (["--Limit", "3"], "unknown option '--Limit', did you mean '--limit'?"),
        (["-n", "3"], "unknown option '-n'"),
        (["--limit"], "--limit has no value, expected N"),
        (["--limit="], "--limit has no value, expected N"),
        (["--limit", ""], "--limit has no value, expected N"),
        (["--limit", "--json"], "--limit has no value, expected N"),
        (["--limit", "1", "--limit", "2"], "--limit is given twice"),
        (["--json", "--json"], "--json is given twice"),
        (["--json=true"], "--json takes no value"),
        (["word"], "unexpected argument 'word'"),
        (["--", "word"], "unexpected argument 'word'"),
    ])
    func `what cannot be understood is refused by name`(_ words: [String], _ message: String) {
        #expect(throws: UsageProblem(message, command: "events")) { try parse(words) }
    }

    @Test(arguments: ["0", "11", "-3", "+3", "3.5", "many", "٣", "99999999999999999999", " 3"])
    func `a number out of range or not a number is refused`(_ value: String) throws {
        let arguments = try parse(["--limit=\(value)"])
        #expect(throws: UsageProblem("--limit is '\(value)', expected a number from 1 to 10", command: "events")) {
            try arguments.int("--limit", in: 1...10)
        }
    }

    @Test func `a word that is none of the allowed ones is refused with all of them`() throws {
        let arguments = try parse(["--status", "done"])
        let expected = "--status is 'done', expected one of: pending, processing, completed, failed"
        #expect(throws: UsageProblem(expected, command: "events")) {
            let _: EventStatus? = try arguments.oneOf("--status")
        }
    }

    @Test func `the line for the operator says where the help is`() {
        #expect(UsageProblem("what", command: "show").line == "what (see plane-worker show --help)")
        #expect(UsageProblem("what").line == "what (see plane-worker --help)")
    }
}
