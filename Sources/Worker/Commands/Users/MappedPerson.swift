import Base
import Database
import Foundation
import JSON

/// A GitHub user whom an operator linked to a Plane user.
struct MappedPerson: RowDecodable, Equatable {
    let githubID: Int64
    let login: String
    let userID: UUID
    /// Nil when Plane's user is gone.
    let email: String?
    let isActive: Bool
    let mapped: Timestamp

    init(row: Row) throws {
        githubID = try row.get("github_user_id")
        login = try row.get("login")
        userID = try row.get("user_id")
        email = try row.getIfPresent("email")
        isActive = try row.get("is_active")
        mapped = try row.get("created_at")
    }

    var json: JSONValue {
        .object([
            "github_id": .int(Int(githubID)),
            "login": .string(login),
            "user_id": .string(userID.text),
            "email": .optional(email),
            "is_active": .bool(isActive),
            "mapped_at": .string(mapped.description),
        ])
    }
}
