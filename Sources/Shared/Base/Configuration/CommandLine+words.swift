import Foundation

extension CommandLine {
    /// The arguments behind the name of the program.
    ///
    /// Where libraries are loaded before it (`LD_PRELOAD`), Swift may know none of them; the system does.
    package static var words: [String] {
        guard arguments.isEmpty else { return Array(arguments.dropFirst()) }
        let text = (try? String(contentsOfFile: "/proc/self/cmdline", encoding: .utf8)) ?? ""
        return text.split(separator: "\0", omittingEmptySubsequences: false).dropFirst().dropLast().map(String.init)
    }
}
