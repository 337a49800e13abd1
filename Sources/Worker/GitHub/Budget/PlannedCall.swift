import Base
import Database
import Foundation

/// A call of the API that is to be made, as the budget sees it.
struct PlannedCall: Sendable {
    let id = UUID()
    let principal: Principal
    let resource: APIRequest.Resource
    let isWrite: Bool
    let priority: CallPriority

    init(_ request: APIRequest, as principal: Principal, _ priority: CallPriority) {
        self.principal = principal
        self.priority = priority
        resource = request.resource
        isWrite = request.method != .get
    }
}

/// How urgent a call is: what is less urgent leaves a part of each window to what is more.
package enum CallPriority: Sendable {
    /// Somebody waits for it.
    case interactive
    /// Brings a change from Plane to GitHub.
    case writeBack
    /// Looks for what was missed, or imports.
    case sweep

    /// The share of the window that it leaves.
    var reserve: Double {
        switch self {
        case .interactive: 0
        case .writeBack: 0.05
        case .sweep: 0.2
        }
    }
}

/// Whose calls GitHub counts together: `app:99/installation:55`, `app:99` for the App itself, `user:7`.
struct Principal: RawRepresentable, Sendable, Hashable, SQLValue {
    let rawValue: String

    static func app(_ key: AppKey) -> Principal { Principal(rawValue: "app:\(key.app)") }

    static func installation(_ id: Int64, of key: AppKey) -> Principal {
        Principal(rawValue: "app:\(key.app)/installation:\(id)")
    }

    static func user(_ id: Int64) -> Principal { Principal(rawValue: "user:\(id)") }

    /// For a token whose user is not known.
    ///
    /// Eight bytes of its SHA-256 may be stored and shown. A token has far too much chance in it to be found by trying
    /// (160 bits in GitHub's shortest form), and the hash is good for nothing else.
    static func fingerprint(of token: Secret) -> Principal {
        Principal(rawValue: "token:\(Array(sha256(token.reveal().utf8).prefix(8)).hex)")
    }
}

/// In whose name a call is made.
struct Caller: Sendable {
    let token: Secret
    let principal: Principal
}

extension APIRequest {
    /// What GitHub counts apart from each other, in the words of `x-ratelimit-resource`.
    enum Resource: String, Sendable, SQLValue { case core, graphql, search }

    var resource: Resource {
        if path.hasPrefix("/search/") { return .search }
        return path == "/graphql" ? .graphql : .core
    }
}
