import Synchronization
import TestSupport
import Testing

@testable import Run
@testable import Worker

@Suite struct StopDeadlineTests {
    @Test func `a stop that takes too long is ended, one that is through is not`() async throws {
        let ended = Mutex<[String]>([])
        let (late, through) = (StopDeadline(), StopDeadline())
        through.start(after: .milliseconds(50)) { ended.withLock { $0.append("through") } }
        through.cancel()
        late.start(after: .milliseconds(100)) { ended.withLock { $0.append("late") } }
        #expect(try await eventually { ended.withLock { !$0.isEmpty } })
        try await Task.sleep(for: .milliseconds(100))
        #expect(ended.withLock { $0 } == ["late"])
    }

    @Test func `a task that was cancelled may start it`() async throws {
        let ended = Mutex(false)
        let deadline = StopDeadline()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            deadline.start(after: .milliseconds(10)) { ended.withLock { $0 = true } }
        }
        await task.value
        #expect(try await eventually { ended.withLock { $0 } })
    }
}
