import Base
import HTTP

/// The sign-in of a proxy that has asked who somebody is, and says so in header fields.
struct ProxySignIn: Sendable, Equatable {
    let userField: String
    /// Nil: everybody whom the proxy lets in is a viewer.
    let roleField: String?

    /// Whom the fields name; nil when they name nobody, or not clearly.
    func visitor(_ fields: HTTPFields) -> Visitor? {
        let names = fields.all(userField)
        guard names.count == 1, !names[0].isEmpty, names[0].count <= 200, Printable.line(names[0]) == names[0] else {
            return nil
        }
        guard let roleField else { return Visitor(name: names[0], role: .viewer) }
        let roles = fields.all(roleField)
        guard roles.count == 1, let role = HTTPRole(word: roles[0]) else { return nil }
        return Visitor(name: names[0], role: role)
    }
}
