import Base
import Foundation
import HTTP

/// Finds out who asks, anew with each request: there is no session, and no cookie that could be stolen.
struct SignIn: Sendable {
    enum Outcome: Sendable, Equatable {
        case visitor(Visitor)
        case unknown
        case tooManyAttempts
        /// Nobody can sign in, and the request came through a proxy: it may be anybody's.
        case forwarded
    }

    let accounts: Accounts?
    let proxy: ProxySignIn?
    let trustedProxies: [IPNetwork]
    private let wrong = WrongAttempts()

    init(accounts: Accounts?, proxy: ProxySignIn?, trustedProxies: [IPNetwork]) {
        self.accounts = accounts
        self.proxy = proxy
        self.trustedProxies = trustedProxies
    }

    func outcome(_ head: HTTPRequestHead) -> Outcome {
        guard accounts != nil || proxy != nil else {
            let isForwarded = Self.forwardingFields.contains { head.fields.first($0) != nil }
            return isForwarded ? .forwarded : .visitor(.local)
        }
        if let proxy, isFromProxy(head), let visitor = proxy.visitor(head.fields) { return .visitor(visitor) }
        guard let accounts, let field = head.fields.first("authorization") else { return .unknown }
        guard let address = IPAddress(head.client)?.countedAs, !wrong.isExhausted(address) else {
            return .tooManyAttempts
        }
        guard let credentials = Self.credentials(field), let visitor = accounts.visitor(credentials) else {
            wrong.note(address)
            return .unknown
        }
        return .visitor(visitor)
    }

    /// Whether the peer is a proxy whose fields are believed.
    func isFromProxy(_ head: HTTPRequestHead) -> Bool {
        IPAddress(head.peer).map { peer in trustedProxies.contains { $0.contains(peer) } } ?? false
    }

    /// The bytes of `name:secret` (RFC 7617).
    private static func credentials(_ field: String) -> [UInt8]? {
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "basic", let data = Data(base64Encoded: String(parts[1]))
        else {
            return nil
        }
        return Array(data)
    }

    private static let forwardingFields = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]
}
