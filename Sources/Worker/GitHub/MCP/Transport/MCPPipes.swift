import CLinux
import Foundation

/// A program that was started, and our ends of the pipes to its standard streams.
struct MCPPipes {
    let process: pid_t
    let input: Int32
    let output: Int32
    let errors: Int32

    /// Starts a program in a process group of its own, without anything of ours but its words and environment.
    /// - Returns: nil if it cannot be started.
    init?(_ command: MCPCommand) {
        var ends: [Int32] = []
        for _ in 0..<3 {
            var pair: [Int32] = [-1, -1]
            guard pipe2(&pair, O_CLOEXEC) == 0 else { break }
            ends += pair
        }
        let process = ends.count == 6 ? Self.spawn(command, [ends[0], ends[3], ends[5]]) : nil
        guard let process else {
            ends.forEach { close($0) }
            return nil
        }
        for end in [ends[0], ends[3], ends[5]] { close(end) }
        (self.process, input, output, errors) = (process, ends[1], ends[2], ends[4])
        for end in [input, output, errors] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    }

    private static func spawn(_ command: MCPCommand, _ streams: [Int32]) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawnattr_init(&attributes) == 0 else { return nil }
        defer { posix_spawnattr_destroy(&attributes) }
        // Our threads block or ignore signals by which it is to end.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        var codes = [
            posix_spawnattr_setflags(&attributes, Int16(flags)), posix_spawnattr_setpgroup(&attributes, 0),
            posix_spawnattr_setsigmask(&attributes, &none), posix_spawnattr_setsigdefault(&attributes, &all),
        ]
        for (number, stream) in streams.enumerated() {
            codes.append(posix_spawn_file_actions_adddup2(&actions, stream, Int32(number)))
        }
        codes.append(posix_spawn_file_actions_addclosefrom_np(&actions, 3))
        guard codes.allSatisfy({ $0 == 0 }) else { return nil }
        var process: pid_t = 0
        let words = command.words.map { strdup($0) } + [nil]
        let environment = command.environment.map { strdup($0) } + [nil]
        defer { (words + environment).forEach { free($0) } }
        let path = command.words[0]
        return posix_spawn(&process, path, &actions, &attributes, words, environment) == 0 ? process : nil
    }

    /// Whether the program has ended; then what it started is ended as well, and nothing of it is left.
    func isReaped() -> Bool {
        var facts = siginfo_t()
        // As long as it is not waited for, no other process can have its number.
        guard waitid(P_PID, id_t(process), &facts, WEXITED | WNOHANG | WNOWAIT) == 0 else { return errno == ECHILD }
        guard facts.si_signo != 0 else { return false }
        kill(-process, SIGKILL)
        return waitpid(process, nil, 0) == process
    }

    func signal(_ number: Int32) { kill(-process, number) }
}
