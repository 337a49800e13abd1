import Base
import Database
import Foundation
import GitHub

/// An issue as people name it.
package enum IssueReference: Sendable, Equatable {
    /// `GH-12`: the issue's name in Plane.
    case plane(project: String, number: Int)
    /// `owner/name#12` or `owner/name/12`: an issue or a pull request on GitHub.
    case gitHub(repository: String, number: Int)
    /// `#12`: that number in any repository.
    case number(Int)

    package static let expected = "an issue such as GH-12, owner/name#12 or #12"

    /// Nil for a text that names no issue.
    package init?(_ text: String) {
        guard text.utf8.count <= 250, let mark = text.lastIndex(where: { "-#/".contains($0) }) else { return nil }
        let (place, digits) = (text[..<mark], text[text.index(after: mark)...])
        guard (1...9).contains(digits.count), digits.allSatisfy({ "0"..."9" ~= $0 }), let number = Int(digits),
            number > 0
        else { return nil }
        switch text[mark] {
        case "#" where place.isEmpty: self = .number(number)
        case "#" where GitHubRepository.isFullName(String(place)), "/" where GitHubRepository.isFullName(String(place)):
            self = .gitHub(repository: String(place), number: number)
        case "-" where !place.isEmpty && place.allSatisfy({ $0.isLetter || $0.isNumber }):
            self = .plane(project: String(place), number: number)
        default: return nil
        }
    }
}

extension IssueReference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .plane(let project, let number): "\(project.uppercased())-\(number)"
        case .gitHub(let repository, let number): "\(repository)#\(number)"
        case .number(let number): "#\(number)"
        }
    }
}

/// Where an issue or pull request is on GitHub.
package struct IssuePlace: Sendable, Hashable {
    /// GitHub's number of the repository.
    package let repositoryID: Int64
    /// `owner/name`.
    package let repository: String
    package let number: Int

    package var name: String { "\(repository)#\(number)" }
}

/// An issue in Plane.
package struct FoundIssue: Sendable, Hashable {
    package let id: UUID
    /// As in `GH-12`.
    package let name: String
    package let title: String
    /// The slug of the workspace.
    package let workspace: String
    package let isDeleted: Bool
    /// Nil for an issue that is not on GitHub.
    package let place: IssuePlace?
}

/// The issues that a reference means: on GitHub, in Plane, or on both sides.
package struct FoundIssues: Sendable, Equatable {
    package fileprivate(set) var places: [IssuePlace] = []
    package fileprivate(set) var issues: [FoundIssue] = []

    package var isEmpty: Bool { places.isEmpty && issues.isEmpty }

    /// What a reference means if it means one issue: projects may share it, but it has one place on GitHub.
    ///
    /// Each repository has a `#12`, and a project of each workspace may have a `GH-12`.
    /// - Throws: `LookupFailure` that says which ones there are.
    package func one(_ reference: IssueReference) throws(LookupFailure) -> FoundIssues {
        let onGitHub = Set(issues.compactMap(\.place))
        let isOne =
            switch reference {
            case .gitHub: true
            case .plane: Set(issues.map(\.id)).count <= 1
            case .number: onGitHub.isEmpty ? places.count <= 1 : onGitHub.count == 1
            }
        guard isOne else {
            let names = places.filter { onGitHub.isEmpty || onGitHub.contains($0) }.map(\.name)
            let known = names.isEmpty ? "" : ": ask for \(names.prefix(5).joined(separator: " or "))"
            throw LookupFailure("\(reference) may be any of several issues\(known)")
        }
        var one = self
        if case .number = reference, !onGitHub.isEmpty { one.places = places.filter(onGitHub.contains) }
        return one
    }
}

extension Connection {
    /// Finds what a reference means; several projects may follow a repository, and have issues of one name.
    ///
    /// A number alone is looked for in `repository`, or in all of them.
    package func find(_ reference: IssueReference, in repository: String? = nil) throws -> FoundIssues {
        let rows =
            switch reference {
            case .plane(let project, let number): try run(Self.issuesInPlane(project, number))
            case .gitHub(let repository, let number): try run(Self.issuesOnGitHub(number, in: repository))
            case .number(let number): try run(Self.issuesOnGitHub(number, in: repository))
            }
        return try rows.reduce(into: FoundIssues()) { found, row in
            var place: IssuePlace?
            if let id: Int64 = try row.getIfPresent("repository_id"), let number: Int = try row.getIfPresent("number") {
                place = IssuePlace(repositoryID: id, repository: try row.get("repository"), number: number)
            }
            if let place, !found.places.contains(place) { found.places.append(place) }
            if let id: UUID = try row.getIfPresent("issue_id") {
                let issue = FoundIssue(
                    id: id,
                    name: try row.get("name"),
                    title: try row.get("title"),
                    workspace: try row.get("workspace"),
                    isDeleted: try row.get("is_deleted"),
                    place: place
                )
                if !found.issues.contains(issue) { found.issues.append(issue) }
            }
        }
    }

    private static let foundColumns: Query = """
        r.repository_id, r.owner || '/' || r.name as repository, v.number, i.id as issue_id,
            p.identifier || '-' || i.sequence_id as name, i.name as title, w.slug as workspace,
            i.deleted_at is not null as is_deleted
        """

    private static func issuesInPlane(_ project: String, _ number: Int) -> Query {
        """
        select \(foundColumns)
        from public.projects as p
        inner join public.workspaces as w on w.id = p.workspace_id
        inner join public.issues as i on i.project_id = p.id
        left join github_sync.github_issue_versions as v on v.issue_id = i.id
        left join public.github_repository_syncs as s on s.id = v.repository_sync_id
        left join public.github_repositories as r on r.id = s.repository_id
        where upper(p.identifier) = upper(\(project)) and i.sequence_id = \(number) and p.deleted_at is null
        order by p.id, r.repository_id
        """
    }

    /// A repository that is no longer followed is found as well: its events are still there.
    private static func issuesOnGitHub(_ number: Int, in repository: String?) -> Query {
        """
        select r.repository_id, r.owner || '/' || r.name as repository, \(number) as number, i.id as issue_id,
            p.identifier || '-' || i.sequence_id as name, i.name as title, w.slug as workspace,
            i.deleted_at is not null as is_deleted
        from public.github_repositories as r
        left join public.github_repository_syncs as s on s.repository_id = r.id
        left join github_sync.github_issue_versions as v
            on v.repository_sync_id = s.id and v.number = \(number)
        left join public.issues as i on i.id = v.issue_id
        left join public.projects as p on p.id = i.project_id
        left join public.workspaces as w on w.id = p.workspace_id
        where \(repository) is null or lower(r.owner || '/' || r.name) = lower(\(repository))
        order by r.repository_id, p.id
        """
    }
}
