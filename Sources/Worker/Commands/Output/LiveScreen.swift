import Dispatch
import Foundation
import Synchronization

/// A terminal's alternate screen, which is redrawn; when it closes, the terminal shows what it showed before.
final class LiveScreen: Sendable {
    typealias Content = @Sendable (ScreenSize) -> [String]

    private enum State { case open, suspended, closed }

    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
    private static let leave = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    private let output: Output
    private let state: Mutex<(state: State, content: Content)>

    /// Runs `body` with the screen, and closes the screen even if `body` throws.
    static func with<Value: Sendable>(
        _ output: Output,
        _ body: @Sendable (LiveScreen) async throws -> Value
    ) async throws -> Value {
        let screen = LiveScreen(output)
        try output.write(Array(enter.utf8))
        let sources = screen.watchTerminal()
        defer {
            sources.forEach { $0.cancel() }
            screen.close()
        }
        return try await body(screen)
    }

    private init(_ output: Output) {
        self.output = output
        state = Mutex((.open, { _ in [] }))
    }

    /// Shows these lines from now on, made for whatever size the terminal has.
    func show(_ content: @escaping Content) throws {
        try state.withLock { state in
            state.content = content
            if state.state == .open { try draw(content) }
        }
    }

    /// Gives the terminal back; nothing is drawn any more.
    func close() {
        state.withLock { state in
            if state.state == .open { try? output.write(Array(Self.leave.utf8)) }
            state.state = .closed
        }
    }

    private func draw(_ content: Content) throws {
        guard let size = output.size else { return }
        let lines = content(size).prefix(size.rows).map { $0 + "\u{1B}[K" }
        try output.write(Array("\u{1B}[H\(lines.joined(separator: "\n"))\u{1B}[J".utf8))
    }

    /// Handles a new size, Ctrl-Z, and the return from that.
    private func watchTerminal() -> [any DispatchSourceSignal] {
        signal(SIGTSTP, SIG_IGN)
        let handlers: [(Int32, @Sendable () -> Void)] = [
            (SIGWINCH, { self.redraw() }), (SIGTSTP, { self.suspend() }), (SIGCONT, { self.resume() }),
        ]
        return handlers.map { number, handler in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: handler)
            source.resume()
            return source
        }
    }

    private func redraw() {
        state.withLock { state in
            if state.state == .open { try? draw(state.content) }
        }
    }

    private func suspend() {
        state.withLock { state in
            guard state.state == .open else { return }
            try? output.write(Array(Self.leave.utf8))
            state.state = .suspended
        }
        kill(getpid(), SIGSTOP)
    }

    private func resume() {
        state.withLock { state in
            guard state.state == .suspended else { return }
            try? output.write(Array(Self.enter.utf8))
            state.state = .open
            try? draw(state.content)
        }
    }
}
