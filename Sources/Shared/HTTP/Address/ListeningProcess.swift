import Base
import Foundation

/// Who listens at a port, as far as /proc shows: the processes of other users only to root.
enum ListeningProcess {
    /// As in `plane-ingest, pid 4242`; nil where nobody is found.
    static func atPort(_ port: UInt16) -> String? {
        let sockets = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listening(at: port, in: $0) })
        guard !sockets.isEmpty else { return nil }
        return names(in: "/proc").first { process in
            guard Int(process) != nil else { return false }
            let descriptors = "/proc/\(process)/fd"
            return names(in: descriptors).contains { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\(name)")
                return target.map(sockets.contains) ?? false
            }
        }.map { process in
            let name = (try? String(wholeFile: "/proc/\(process)/comm")) ?? "a program"
            return "\(name.trimmingCharacters(in: .whitespacesAndNewlines)), pid \(process)"
        }
    }

    /// The sockets that listen at the port, as links to them are spelled; each line of the table is one socket.
    private static func listening(at port: UInt16, in table: String) -> [String] {
        let text = (try? String(wholeFile: table)) ?? ""
        let isListening = "0A"
        return text.split(separator: "\n").compactMap { line in
            let columns = line.split(separator: " ")
            guard columns.count > 9, columns[3] == isListening,
                let digits = columns[1].split(separator: ":").last, UInt16(digits, radix: 16) == port
            else { return nil }
            return "socket:[\(columns[9])]"
        }
    }

    private static func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }
}
