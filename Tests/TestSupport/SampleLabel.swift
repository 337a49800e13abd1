import Foundation

package struct SampleLabel: Sendable, Hashable {
    package let id: Int64
    package var name: String
    package var color = "d73a4a"
    package var description: String?

    package init(_ id: Int64, _ name: String) {
        self.id = id
        self.name = name
    }

    /// The body of a `label` delivery.
    package func event(
        _ action: String,
        in repository: SampleRepository = .rocket,
        by sender: SampleUser? = .stranger
    ) -> [UInt8] {
        SampleBody.encode([
            "action": action, "label": json, "repository": repository.json, "sender": sender.json,
        ])
    }

    package var json: [String: Any] {
        ["id": id, "name": name, "color": color, "description": description ?? NSNull()]
    }
}
