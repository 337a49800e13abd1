import Foundation

/// Names a running program, uniquely for each start of each process on each host.
package struct ProcessIdentity: Sendable, Equatable {
    package let id: String
    package let host: String
    package let processID: Int

    package init(id: String, host: String, processID: Int) {
        self.id = id
        self.host = host
        self.processID = processID
    }

    package static func ofThisProcess() -> ProcessIdentity {
        let host = ProcessInfo.processInfo.hostName
        let pid = Int(ProcessInfo.processInfo.processIdentifier)
        // A process id comes back after a reboot; the random part does not.
        return ProcessIdentity(id: "\(host)-\(pid)-\(UInt32.random(in: 0...UInt32.max))", host: host, processID: pid)
    }
}
