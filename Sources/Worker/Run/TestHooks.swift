#if DEBUG
import Foundation
import GitHub
import Queue
import Sync

/// Payloads that misbehave on purpose, for the fault tests: only in debug builds, and only when asked for.
enum TestHooks {
    /// A title that ends the process, or never lets it come back.
    static func obey(_ claim: Claim) {
        for snapshot in RoutedBatch(claim).sync.issues {
            switch snapshot.issue.title {
            case "test hook: crash": abort()
            case "test hook: hang": while true { sleep(60) }
            default: continue
            }
        }
    }
}
#endif
