import Testing

@testable import Base
@testable import Worker

struct HelpTests {
    @Test func `every help fits into 80 columns`() {
        let lines = ProgramHelp.lines + Program.commands.flatMap { $0.help.lines }
        #expect(lines.filter { TextWidth.of($0) > 80 } == [])
    }

    @Test func `every command has an example and is listed`() {
        for command in Program.commands {
            let lines = command.help.lines
            #expect(lines.contains("Example:"))
            #expect(lines.contains { $0.hasPrefix("Exit status:  0 ") })
            #expect(!command.help.usesDatabase || lines.contains("Environment:"))
            #expect(ProgramHelp.lines.contains { $0.hasPrefix("  \(command.help.name) ") })
        }
    }

    @Test func `every option is in the synopsis, and the other way round`() {
        for command in Program.commands where command != ConfigureCommand.self {
            let help = command.help
            let words = help.usage.matches(of: /--[a-z-]+/).map { String($0.output) }
            #expect(Set(words) == Set(help.options.map(\.name)), "\(help.name)")
        }
    }

    @Test func `further lines of a meaning stand under the first`() {
        #expect(
            CommandHelp.aligned([("--a", "one\ntwo"), ("--long", "three")]) == [
                "  --a     one", "          two", "  --long  three",
            ]
        )
    }
}
