import Testing

@testable import Worker

struct HelpTests {
    @Test func `every help fits into 80 columns`() {
        let lines = ProgramHelp.lines + Program.commands.flatMap { $0.help.lines }
        #expect(lines.filter { TextWidth.of($0) > 80 } == [])
    }

    @Test func `every command has an example and is listed`() {
        for command in Program.commands {
            #expect(command.help.lines.contains("Example:"))
            #expect(ProgramHelp.lines.contains { $0.hasPrefix("  \(command.help.name) ") })
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
