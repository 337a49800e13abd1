import Base

/// Where people look at Plane, for links to it.
package struct PlanePages: Sendable, Equatable {
    private let root: String

    /// `PLANE_WEB_URL`; nil where it is not set, and then texts name issues without linking them.
    package init?(_ environment: Environment) throws(Environment.Problem) {
        guard let text = environment.string("PLANE_WEB_URL") else { return nil }
        let root = String(text.drop { $0 == " " }).trimmingSlashes
        let isWeb = root.hasPrefix("https://") || root.hasPrefix("http://")
        guard isWeb, root.utf8.allSatisfy({ $0.isGraphic && !"<>()\"\\".utf8.contains($0) }), !root.contains("@") else {
            throw Environment.Problem("PLANE_WEB_URL is '\(text)': expected the likes of https://plane.example.com")
        }
        self.root = root
    }

    /// The page of an issue, such as `GH-12`.
    package func issue(_ name: String, in workspace: String) -> String {
        "\(root)/\(workspace)/browse/\(name)/"
    }
}

extension String {
    fileprivate var trimmingSlashes: String { String(reversed().drop { $0 == "/" }.reversed()) }
}

extension UInt8 {
    fileprivate var isGraphic: Bool { (0x21...0x7E).contains(self) }
}
