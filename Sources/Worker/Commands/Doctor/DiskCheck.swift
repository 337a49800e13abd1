import Base
import Database
import Foundation
import Inspect

/// Checks the free disk space for the spool, and for the database if its files are on this machine.
struct DiskCheck: Sendable {
    private let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    func findings() async -> [Finding] {
        spoolFindings() + (await databaseFindings())
    }

    private func spoolFindings() -> [Finding] {
        guard let directory = installation.environment.string("INGEST_SPOOL_DIR") else {
            return [
                .notChecked(
                    "INGEST_SPOOL_DIR is not set here: without a spool deliveries get 503 while the database is away"
                )
            ]
        }
        let limit: Int
        do throws(Environment.Problem) {
            limit = try installation.environment.int(
                "INGEST_SPOOL_MAX_BYTES",
                in: (1 << 20)...(1 << 40),
                default: 1 << 30
            )
        } catch {
            return [.failed("\(error)", "correct or remove it")]
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue else {
            return [.failed("the spool \(directory) is no directory", "create it, for the user of plane-ingest alone")]
        }
        if let found = OwnDirectory.objection(to: directory, of: Self.user(of: directory)) {
            return [
                .failed(
                    "the spool \(directory) is \(found): plane-ingest does not start with it",
                    "name a directory of the user of plane-ingest that nobody else may write to (chown, chmod 700), "
                        + "and run doctor as that one"
                )
            ]
        }
        guard access(directory, W_OK | X_OK) == 0 else {
            return [
                .failed(
                    "the user of this command may not write to the spool \(directory)",
                    "give it to the user of plane-ingest, and run doctor as that one"
                )
            ]
        }
        return [Self.finding("the spool's disk", free: Self.free(at: directory), needed: limit)]
    }

    /// Who is to have the spool to himself: this command's user; where that is root, whoever the directory belongs to.
    private static func user(of directory: String) -> uid_t {
        var facts = stat()
        return geteuid() == 0 && stat(directory, &facts) == 0 ? facts.st_uid : geteuid()
    }

    private func databaseFindings() async -> [Finding] {
        guard let connection = await installation.reachable else { return [.notChecked("the database is away")] }
        do {
            let (size, directory) = try await connection.storage()
            let text = "the database takes \(Self.bytes(size))"
            guard let directory, let free = Self.free(at: directory) else { return [.ok(text)] }
            // A database that grows fills a tenth of its own size before long.
            let finding = Self.finding("the database's disk", free: free, needed: max(size / 10, 1 << 30))
            return [finding.verdict == .ok ? .ok("\(text); \(finding.text)") : finding]
        } catch {
            return [.notChecked("the size of the database: \(error)")]
        }
    }

    static func finding(_ disk: String, free: Int?, needed: Int) -> Finding {
        guard let free else { return .notChecked("\(disk) does not tell how much is free") }
        let text = "\(disk) has \(bytes(free)) free"
        guard free < needed else { return .ok(text) }
        let advice = "make room: \(bytes(needed)) may be needed"
        return free < needed / 10 ? .failed(text, advice) : .warning(text, advice)
    }

    /// The bytes that a user other than root may still write; nil when the system does not tell.
    private static func free(at path: String) -> Int? {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        return Int(facts.f_bavail) * Int(facts.f_frsize)
    }

    private static func bytes(_ count: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var amount = Double(count)
        var unit = 0
        while amount >= 1024, unit < units.count - 1 {
            amount /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(String(format: "%.1f", amount)) \(units[unit])"
    }
}

extension Connection {
    /// The size of the database in bytes, and its directory if that is on this machine and the role may see it.
    fileprivate func storage() throws -> (size: Int, directory: String?) {
        let row = try run(
            """
            select
                pg_database_size(current_database()) as size,
                (
                    select setting from pg_settings
                    where name = 'data_directory'
                        and coalesce(inet_server_addr() <<= '127.0.0.0/8' or inet_server_addr() = '::1', true)
                ) as directory
            """
        )[0]
        return (try row.get("size"), try row.getIfPresent("directory"))
    }
}
