import HTTP

/// Who asks for a page.
struct Visitor: Sendable, Equatable {
    let name: String
    let role: HTTPRole
    /// False for whoever sits at the machine itself while nobody can sign in.
    var isSignedIn = true

    /// Whoever reaches a loopback address while there are no users: may look, and sees no bodies.
    static let local = Visitor(name: "local", role: .viewer, isSignedIn: false)
}

extension HTTPRole {
    /// Reads `viewer`, `operator` or `admin`.
    init?(word: some StringProtocol) {
        guard let role = Self.allCases.first(where: { $0 != .anyone && $0.word == word }) else { return nil }
        self = role
    }

    var word: String {
        switch self {
        case .anyone: "anyone"
        case .viewer: "viewer"
        case .operator: "operator"
        case .admin: "admin"
        }
    }
}
