/// Where a PostgreSQL server is that knows the test roles, or a pooler in front of it.
package struct TestServerAddress: Sendable {
    /// As it stands in an address: host and port, several with commas between them.
    package let hosts: String
    /// What follows the question mark of an address.
    package let options: String
    private let password: String

    package init(hosts: String, options: String = "", password: String) {
        self.hosts = hosts
        self.options = options
        self.password = password
    }

    package func url(of database: String, as role: TestRole) -> String {
        "postgresql://\(role.login):\(password)@\(hosts)/\(database)\(options.isEmpty ? "" : "?\(options)")"
    }

    /// Another server that knows the same roles.
    package func at(_ hosts: String, options: String = "") -> TestServerAddress {
        TestServerAddress(hosts: hosts, options: options, password: password)
    }

    /// What a pooler must know of the roles: the lines of its password file.
    package var passwordFile: String {
        TestRole.allCases.map { "\"\($0.login)\" \"\(password)\"\n" }.joined()
    }
}
