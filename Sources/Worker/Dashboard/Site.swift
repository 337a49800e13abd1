import GitHub
import HTTP
import Outbound

/// What is the same for everybody who looks.
struct Site: Sendable, Equatable {
    enum PayloadAudience: String, Sendable, CaseIterable {
        case viewer, `operator`, admin, nobody
    }

    /// What stands before every path; empty at the root.
    var prefix = ""
    /// Whether anything can be changed here, by whoever it is.
    var allowsActions = false
    /// The least role that sees the bodies of deliveries.
    var payloads = PayloadAudience.admin

    /// Where GitHub's pages are.
    var gitHub = GitHubServer.github

    /// Where Plane's pages are; nil: nothing links to them.
    var plane: PlanePages?

    /// The page of a repository, a person or an issue on GitHub.
    func gitHubPage(_ path: String) -> String { "\(gitHub.url)/\(path)" }

    /// `GH-12` as a link to its page in Plane, or as text where nobody knows where that is.
    func planeIssue(_ name: String, in workspace: String?) -> HTML {
        guard let plane, let workspace else { return "\(name)" }
        return .external(plane.issue(name, in: workspace), name)
    }

    func link(_ path: String) -> String { prefix + path }

    /// The path behind the prefix; nil for one that is not ours.
    func path(of full: String) -> String? {
        guard full.hasPrefix(prefix) else { return nil }
        let rest = full.dropFirst(prefix.count)
        if rest.isEmpty { return prefix.isEmpty ? nil : "/" }
        return rest.hasPrefix("/") ? String(rest) : nil
    }

    func mayAct(_ visitor: Visitor, as least: HTTPRole = .operator) -> Bool {
        allowsActions && visitor.isSignedIn && visitor.role >= least
    }

    func maySeePayloads(_ visitor: Visitor) -> Bool {
        guard visitor.isSignedIn, let least = HTTPRole(word: payloads.rawValue) else { return false }
        return visitor.role >= least
    }
}
