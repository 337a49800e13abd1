import Base
import Foundation

@main
enum Main {
    static func main() async {
        Memory.keepOpenSSL()
        // A closed pipe is an error of the write that met it, which knows what to do.
        signal(SIGPIPE, SIG_IGN)
        let context = CommandContext(
            environment: Environment(ProcessInfo.processInfo.environment),
            output: Output()
        )
        let status = await Program.run(CommandLine.words, in: context)
        exit(status.rawValue)
    }
}
