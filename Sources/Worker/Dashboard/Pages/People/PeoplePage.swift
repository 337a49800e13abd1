import Base
import Database
import Foundation
import HTTP
import Inspect
import JSON

/// `/people`: whom GitHub names and Plane does not know, and who is mapped.
enum PeoplePage {
    private static let days = 30

    static func make(_ request: PageRequest) async throws -> Page {
        let connection = request.data.connection
        let since = request.now.before(seconds: Int64(days) * 86_400)
        let unmapped = try await PageRequest.permitted {
            try await connection.unmappedPeople(since: since)
        }
        // Addresses of Plane's users are for those who map them; this program's role may not read them at all.
        let seesMail = request.visitor.isSignedIn && request.visitor.role >= .admin
        let mapped = seesMail ? try await PageRequest.permitted { try await connection.mappedPeople() } : nil
        let signedIn = try await PageRequest.permitted { try await connection.signedInPeople() }
        let actions = try await PageRequest.permitted {
            try await connection.operatorActions(named: ["users map", "users unmap"], limit: 20)
        }
        let known: HTML? = signedIn.map { count in
            "<p class=\"sub\">\(Number.counted(count, "person", "people")) known by signing in to Plane with GitHub</p>"
        }
        return Page(
            "People",
            in: .people,
            json: .object([
                "unmapped": unmapped.map { .array($0.map(\.json)) } ?? .null,
                "mapped": mapped.map { .array($0.map(\.json)) } ?? .null,
                "signed_in": .optional(signedIn),
                "actions": actions.map { .array($0.map(\.json)) } ?? .null,
            ]),
            """
            <div class="head"><div><h1>People</h1>\(known)</div></div>\(try request.done)\
            \(strangers(unmapped, request))\(mapping(mapped, seesMail: seesMail, request))\(done(actions, request))
            """
        )
    }

    /// Who mapped and unmapped whom.
    private static func done(_ actions: [OperatorAction]?, _ request: PageRequest) -> HTML? {
        guard let actions else {
            return .card("Who mapped whom", .missingRight("read who had what done"))
        }
        guard !actions.isEmpty else { return nil }
        let lines = actions.map { action -> HTML in
            "<li>\(Icon.people.html)\(action.words) <span class=\"t\">\(.time(action.at, now: request.now))</span></li>"
        }
        return .card("Who mapped whom", "<ul class=\"log\">\(lines)</ul>")
    }

    private static func strangers(_ people: [UnmappedPerson]?, _ request: PageRequest) -> HTML {
        guard let people else { return .card("Not mapped", .missingRight("see who is mapped")) }
        guard !people.isEmpty else {
            return .card("Not mapped", .empty("Everybody whom GitHub named lately has a Plane user"))
        }
        let mayMap = request.mayAct(as: .admin)
        let rows = people.prefix(200).map { person -> HTML in
            let form: HTML? =
                mayMap
                ? """
                <td><form class="actions" method="post" action="\(request.link("/people/map"))">\
                <input type="hidden" name="login" value="\(person.login)">\
                <input type="hidden" name="github_id" value="\(String(person.id))">\
                <input type="email" name="email" required placeholder="Address in Plane" \
                aria-label="Address in Plane of \(person.login)"><button>Map</button></form></td>
                """ : nil
            return """
                <tr><th scope="row">\(.external(request.site.gitHubPage(person.login), person.login))</th>\
                <td class="n" data-l="Events">\(Number.grouped(person.events))</td>\
                <td class="t" data-l="Last seen">\(.time(person.lastSeen, now: request.now))</td>\(form)</tr>
                """
        }
        return .card(
            "Not mapped",
            note: "met in the last \(days) days: they cannot be assigned, and the bot writes for them",
            .table(
                "GitHub users without a Plane user",
                ["Login", .number("Events"), .init("Last seen", "t")] + (mayMap ? [.init("Map", isHidden: true)] : []),
                rows,
                stacks: true
            )
        )
    }

    private static func mapping(_ people: [MappedPerson]?, seesMail: Bool, _ request: PageRequest) -> HTML {
        guard let people else {
            return .card(
                "Mapped",
                seesMail
                    ? .missingRight("read addresses")
                    : "<p class=\"soft\">Who is mapped to whom is shown to admins only, for its addresses.</p>"
            )
        }
        guard !people.isEmpty else {
            return .card(
                "Mapped",
                .empty("Nobody is mapped", "Map somebody above, or with <code>plane-worker users map</code>.")
            )
        }
        let mayMap = request.mayAct(as: .admin)
        let rows = people.map { person -> HTML in
            let form: HTML? =
                mayMap
                ? """
                <td><form method="post" action="\(request.link("/people/unmap"))">\
                <input type="hidden" name="login" value="\(person.login)">\
                <button aria-label="Unmap \(person.login)">Unmap</button></form></td>
                """ : nil
            let state: HTML? = person.isActive ? nil : .status("not active", .warn)
            return """
                <tr><th scope="row">\(person.login)</th><td>\(person.email ?? "gone") \(state)</td>\
                <td class="t">\(.time(person.mapped, now: request.now))</td>\(form)</tr>
                """
        }
        return .card(
            "Mapped",
            .table(
                "Mapped GitHub users",
                ["Login", "Plane user", .init("Mapped", "t")] + (mayMap ? [.init("Unmap", isHidden: true)] : []),
                rows,
                stacks: true
            )
        )
    }

    static func map(_ request: PageRequest) async throws -> String {
        guard let login = try request.formField("login").flatMap(GitHubLogin.init),
            let email = try request.formField("email"), email.contains("@")
        else { throw PageProblem(400, "Not understood", "Mapping somebody takes a login and a mail address.") }
        let id = try request.formField("github_id").flatMap { Int64($0) }
        do {
            let mapping = try await request.data.connection.map(
                login,
                to: email,
                githubID: id,
                by: request.person
            )
            return request.link("/people?mapped=\(mapping.isNew ? 1 : 0)")
        } catch let failure as LookupFailure {
            throw PageProblem(400, "Not mapped", "\(failure)")
        }
    }

    static func unmap(_ request: PageRequest) async throws -> String {
        guard let login = try request.formField("login") else {
            throw PageProblem(400, "Not understood", "The form names nobody.")
        }
        let ids = try await request.data.connection.unlink(login: login, by: request.person)
        return request.link("/people?unmapped=\(ids.count)")
    }
}
