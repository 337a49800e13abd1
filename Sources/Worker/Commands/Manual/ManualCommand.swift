import Base
import Foundation

/// Prints pages for `man`, from what the commands declare.
struct ManualCommand: Command {
    static let help = CommandHelp(
        name: "manual",
        summary: "print the manual page of the program or of a command",
        usage: "[COMMAND | --into DIR]",
        positional: "COMMAND",
        options: [Option("--into", "DIR", "write all pages into this directory", completion: .file)],
        details: [
            "The page is in the language of man(1). It says what --help says. plane-ingest",
            "has a page as well: plane-ingest manual. Neither needs a database.",
        ],
        example: ["plane-worker manual connect | man --local-file -"],
        usesDatabase: false
    )

    private enum Wanted {
        case page(ManualPage)
        case all(directory: String)
    }

    private let wanted: Wanted

    init(_ arguments: Arguments) throws(UsageProblem) {
        let name = arguments.positionals.joined(separator: " ")
        if let directory = arguments.string("--into") {
            guard name.isEmpty else { throw arguments.problem("--into writes all pages, expected no command") }
            wanted = .all(directory: directory)
        } else if name.isEmpty {
            wanted = .page(ProgramHelp.page)
        } else {
            let commands = Program.commands.map { $0.help }
            guard let command = commands.first(where: { $0.name == name }) else {
                let names = commands.map(\.name)
                let near = names.suggestion(for: name)
                let all = ", expected one of: \(names.joined(separator: ", "))"
                throw arguments.problem("unknown command '\(name)'" + (near.isEmpty ? all : near))
            }
            wanted = .page(command.page)
        }
    }

    func run(in context: CommandContext) async throws {
        switch wanted {
        case .page(let page): try context.output.print(page.lines)
        case .all(let directory):
            for page in [ProgramHelp.page] + Program.commands.map({ $0.help.page }) {
                let file = URL(filePath: directory).appending(path: "\(page.name).8")
                do {
                    try Data((page.lines.joined(separator: "\n") + "\n").utf8).write(to: file)
                } catch {
                    throw CommandFailure("cannot write \(file.path): \(error.localizedDescription)")
                }
            }
        }
    }
}
