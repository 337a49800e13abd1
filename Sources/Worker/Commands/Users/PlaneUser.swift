import Database
import Foundation

/// A user of Plane, as one can be named.
struct PlaneUser: RowDecodable, Equatable {
    let id: UUID
    let email: String
    let displayName: String
    let isActive: Bool
    let isBot: Bool

    init(row: Row) throws {
        id = try row.get("id")
        email = try row.get("email")
        displayName = try row.get("display_name")
        isActive = try row.get("is_active")
        isBot = try row.get("is_bot")
    }
}

/// A connected project, and whether a user can be assigned there.
struct AssignableProject: RowDecodable, Equatable {
    let place: String
    let isAssignable: Bool

    init(row: Row) throws {
        place = try row.get("place")
        isAssignable = try row.get("is_assignable")
    }
}
