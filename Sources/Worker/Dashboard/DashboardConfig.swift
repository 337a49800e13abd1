import Base
import Database
import GitHub
import HTTP
import Outbound

/// The settings of `plane-worker dashboard`.
package struct DashboardConfig: Sendable {
    let database: DatabaseConfig
    let listen: ListenAddress
    let signIn: SignIn
    let origin: RequestOrigin
    let site: Site

    package init(_ environment: Environment) throws(Environment.Problem) {
        database = try environment.database(applicationName: "plane-worker dashboard")
        listen = try environment.listenAddress("DASHBOARD_LISTEN", default: "127.0.0.1:8090")
        let trusted = try environment.networks("TRUSTED_PROXIES")
        let hosts = try Self.hosts(environment)
        let accounts = try environment.string("DASHBOARD_USERS_FILE").map { path throws(Environment.Problem) in
            try Accounts(file: path)
        }
        let proxy = try Self.proxy(environment, trusted: trusted)
        try Self.checkReach(listen, hosts: hosts, canSignIn: accounts != nil || proxy != nil)
        signIn = SignIn(accounts: accounts, proxy: proxy, trustedProxies: trusted)
        origin = RequestOrigin(hosts: hosts)
        site = Site(
            prefix: try Self.prefix(environment),
            allowsActions: try environment.flag("DASHBOARD_ACTIONS"),
            payloads: try environment.oneOf("DASHBOARD_PAYLOADS", default: .admin),
            gitHub: environment.string("GITHUB_API_URL").flatMap(Self.server) ?? .github,
            plane: try PlanePages(environment)
        )
    }

    /// Without users the pages are for whoever sits at the machine, and must not be within reach of anybody else.
    private static func checkReach(
        _ listen: ListenAddress,
        hosts: [String],
        canSignIn: Bool
    ) throws(Environment.Problem) {
        guard !canSignIn else { return }
        let remedy = "set DASHBOARD_USERS_FILE, or DASHBOARD_USER_HEADER with TRUSTED_PROXIES"
        guard loopback.contains(where: { $0.contains(listen.address) }) else {
            throw Environment.Problem(
                "DASHBOARD_LISTEN is '\(listen)', which others may reach, and nobody has to sign in: \(remedy)"
            )
        }
        guard hosts.isEmpty else {
            throw Environment.Problem("DASHBOARD_HOSTS is set, and nobody has to sign in: \(remedy)")
        }
    }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { try? IPNetwork($0) }

    private static func proxy(
        _ environment: Environment,
        trusted: [IPNetwork]
    ) throws(Environment.Problem) -> ProxySignIn? {
        let role = environment.string("DASHBOARD_ROLE_HEADER")
        guard let user = environment.string("DASHBOARD_USER_HEADER") else {
            guard role == nil else {
                throw Environment.Problem("DASHBOARD_ROLE_HEADER is set without DASHBOARD_USER_HEADER")
            }
            return nil
        }
        guard !trusted.isEmpty else {
            throw Environment.Problem(
                "DASHBOARD_USER_HEADER is set without TRUSTED_PROXIES, expected the addresses whose word it is"
            )
        }
        return ProxySignIn(userField: user, roleField: role)
    }

    /// The server whose API has this address, if it is one of an Enterprise Server.
    private static func server(_ address: String) -> GitHubServer? {
        address.hasPrefix("https://api.github.com") ? nil : GitHubServer(ofPage: address)
    }

    /// Empty for the root, else such as `/sync`, without a slash at its end.
    private static func prefix(_ environment: Environment) throws(Environment.Problem) -> String {
        let text = environment.string("DASHBOARD_PREFIX") ?? "/"
        let segments = text.split(separator: "/")
        let isPlain = segments.allSatisfy { segment in
            segment.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) }
                && segment != "." && segment != ".."
        }
        guard text.hasPrefix("/"), isPlain else {
            throw Environment.Problem("DASHBOARD_PREFIX is '\(text)', expected a path such as /sync")
        }
        return segments.map { "/\($0)" }.joined()
    }

    private static func hosts(_ environment: Environment) throws(Environment.Problem) -> [String] {
        let text = environment.string("DASHBOARD_HOSTS") ?? ""
        let names = text.lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init)
        for name in names where !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }) {
            throw Environment.Problem("DASHBOARD_HOSTS names '\(name)', expected names without scheme and port")
        }
        return names
    }
}
