import Base
import Foundation

/// What `Tests/run` prepares for the tests.
package enum TestEnvironment {
    private static let values = ProcessInfo.processInfo.environment

    /// The maintenance database of a private cluster, as its superuser.
    package static var databaseURL: String {
        get throws {
            try Environment(values).requiredString(
                "TEST_DATABASE_URL",
                "the cluster that Tests/run starts: use Tests/run"
            )
        }
    }

    /// The cluster, for the roles that log in to it.
    package static var server: TestServerAddress {
        get throws {
            guard let parts = URLComponents(string: try databaseURL), let host = parts.host else {
                throw Environment.Problem(
                    "TEST_DATABASE_URL cannot be read, expected postgresql://user@host:port/postgres"
                )
            }
            return TestServerAddress(
                hosts: "\(host):\(parts.port ?? 5432)",
                password: try Environment(values).requiredString(
                    "TEST_ROLE_PASSWORD",
                    "the password of the test roles: use Tests/run"
                )
            )
        }
    }

    /// The folder of the cluster's own programs.
    package static var postgres: URL {
        get throws {
            let path = try Environment(values).requiredString(
                "TEST_POSTGRES_BIN",
                "the folder of the PostgreSQL server's programs: use Tests/run"
            )
            return URL(filePath: path)
        }
    }

    /// A folder for what a test starts, removed by `Tests/run`.
    package static var state: URL {
        get throws {
            let path = try Environment(values).requiredString("PLANE_TESTS", "the folder of this run: use Tests/run")
            return URL(filePath: path)
        }
    }

    /// Whether the tests that kill, freeze and starve what they test shall take the minutes they need.
    package static var includesFaults: Bool { values["TEST_FAULTS"] == "1" }

    package static var template: String { values["TEST_TEMPLATE"] ?? "plane_template" }

    /// The folder of the built programs.
    package static var programs: URL {
        get throws {
            let path = try Environment(values).requiredString(
                "PLANE_BIN",
                "the folder of the built programs: use Tests/run"
            )
            return URL(filePath: path)
        }
    }

    /// The folder of real and hostile deliveries, where there is one.
    ///
    /// It is not part of the repository.
    package static var payloadCorpus: URL? { folder("PAYLOAD_CORPUS", default: "../shared/payloads") }

    /// The folder of values that Plane computes, where there is one.
    ///
    /// It is not part of the repository.
    package static var planeVectors: URL? { folder("PLANE_VECTORS", default: "../shared/plane") }

    private static func folder(_ variable: String, default path: String) -> URL? {
        let url = URL(filePath: values[variable] ?? path)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }
}
