import Foundation

/// Who holds a claim: unique for each start of each process on each host.
struct WorkerIdentity: Sendable, Equatable {
    let id: String
    let host: String
    let processID: Int

    /// The name of its connections, by which others find them; PostgreSQL keeps 63 bytes.
    var applicationName: String { String("plane-worker \(id)".prefix(63)) }

    static func ofThisProcess() -> WorkerIdentity {
        let host = ProcessInfo.processInfo.hostName
        let pid = Int(ProcessInfo.processInfo.processIdentifier)
        // A process id comes back after a reboot; the random part does not.
        return WorkerIdentity(id: "\(host)-\(pid)-\(UInt32.random(in: 0...UInt32.max))", host: host, processID: pid)
    }
}
