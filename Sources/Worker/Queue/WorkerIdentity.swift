import Foundation

/// Who holds a claim: unique for each start of each process on each host.
struct WorkerIdentity: Sendable, Equatable {
    let id: String
    let host: String
    let processID: Int

    static func ofThisProcess() -> WorkerIdentity {
        let host = ProcessInfo.processInfo.hostName
        let pid = Int(ProcessInfo.processInfo.processIdentifier)
        // A process id comes back after a reboot; the random part does not.
        return WorkerIdentity(id: "\(host)-\(pid)-\(UInt32.random(in: 0...UInt32.max))", host: host, processID: pid)
    }
}
