import Foundation

package struct SampleRepository: Sendable, Hashable {
    package let id: Int64
    package var fullName: String
    package var defaultBranch: String? = "main"

    package static let rocket = SampleRepository(id: 700_200_300, fullName: "acme/rocket")
    package static let shuttle = SampleRepository(id: 700_200_301, fullName: "acme/shuttle")

    package init(id: Int64, fullName: String) {
        self.id = id
        self.fullName = fullName
    }

    /// The body of a `repository` delivery.
    package func event(_ action: String, updatedAt: String) -> [UInt8] {
        var repository = json
        repository["updated_at"] = updatedAt
        return SampleBody.encode([
            "action": action, "repository": repository, "sender": SampleUser?.some(.stranger).json,
        ])
    }

    var json: [String: Any] {
        ["id": id, "full_name": fullName, "private": true, "default_branch": defaultBranch ?? NSNull()]
    }
}
