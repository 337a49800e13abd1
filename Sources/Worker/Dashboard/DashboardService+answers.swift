import Base
import Database
import Foundation
import HTTP
import Inspect
import JSON

/// What requests are answered with: pages, files, problems in words.
extension DashboardService {
    func page(_ make: Endpoint.MakePage, _ request: PageRequest, asJSON: Bool) async -> HTTPResponse {
        do {
            try health.check()
            let page = try await make(request)
            return answer(page, request.visitor, refresh: try? request.refresh, asJSON: asJSON, now: request.now)
        } catch {
            return answer(problem(of: error), request.visitor, asJSON: asJSON)
        }
    }

    func file(_ make: Endpoint.MakeFile, _ request: PageRequest, asJSON: Bool) async -> HTTPResponse {
        do {
            try health.check()
            return Self.secured(try await make(request))
        } catch {
            return answer(problem(of: error), request.visitor, asJSON: asJSON)
        }
    }

    /// The action, then the page that shows what it did.
    func perform(_ act: Endpoint.Act, _ request: PageRequest, _ form: HTTPForm) async -> HTTPResponse {
        var request = request
        request.form = form
        do {
            try health.check()
            let place = try await act(request)
            log(.info, "an operator changed something", [.user: request.visitor.name, .object: request.place])
            var response = Self.secured(HTTPResponse(status: 303))
            response.fields.append("Location", place)
            return response
        } catch {
            return answer(problem(of: error), request.visitor, asJSON: false)
        }
    }

    func answer(_ problem: PageProblem, _ visitor: Visitor, asJSON: Bool) -> HTTPResponse {
        answer(problem.page(on: site), visitor, refresh: nil, asJSON: asJSON, now: .now)
    }

    private func answer(
        _ page: Page,
        _ visitor: Visitor,
        refresh: Int?,
        asJSON: Bool,
        now: Timestamp
    ) -> HTTPResponse {
        if asJSON { return Self.secured(.json(page.status, bytes: Array((page.json.text + "\n").utf8))) }
        let document = page.document(for: visitor, on: site, now: now, refresh: refresh)
        return Self.secured(
            HTTPResponse(
                status: page.status,
                fields: ["Content-Type": "text/html; charset=utf-8"],
                body: document.bytes
            )
        )
    }

    /// What an error says to whoever looks; what it says to the operator is in the log.
    private func problem(of error: any Error) -> PageProblem {
        switch error {
        case let problem as PageProblem: return problem
        case let failure as LookupFailure: return PageProblem(404, "Not found", PageProblem.sentence("\(failure)"))
        case let error as DatabaseError where error.sqlState == "42501":
            return PageProblem(
                403,
                "A right is missing",
                "The database does not let this program do that: its role lacks a right (see sql/roles.sql)."
            )
        case let error as DatabaseError:
            log(.warning, "a page could not be read", error: error)
            return error.cause == .timeout
                ? PageProblem(503, "That took too long", "The database needed more than 5 seconds for this page.")
                : PageProblem(503, "The database does not answer", "This page comes back as soon as the database does.")
        default:
            log(.error, "a page could not be made", error: error)
            return PageProblem(500, "Something went wrong", "The log of plane-worker dashboard says what.")
        }
    }

    func refuse(_ status: Int, _ code: String, _ detail: String) -> HTTPAdmission {
        respond(.error(status, code: code, detail: detail))
    }

    func respond(_ response: HTTPResponse) -> HTTPAdmission { .respond(Self.secured(response)) }
}

/// The header fields of all answers.
extension DashboardService {
    fileprivate static func secured(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        for (name, value) in security { response.fields.append(name, value) }
        return response
    }

    private static let security = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        // A form of a page without a referrer would say `Origin: null`.
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ]

    static var fields: HTTPFields {
        var fields = HTTPFields()
        for (name, value) in security { fields.append(name, value) }
        return fields
    }

    static let unknown: HTTPResponse = {
        var response = HTTPResponse.error(401, code: "unauthorized", detail: "Sign in to see this page.")
        response.fields.append("WWW-Authenticate", "Basic realm=\"Plane GitHub sync\", charset=\"UTF-8\"")
        return response
    }()

    static let tooManyAttempts: HTTPResponse = {
        var response = HTTPResponse.error(429, code: "too_many_attempts", detail: "Too many wrong sign-ins: wait.")
        response.fields.append("Retry-After", "1")
        return response
    }()
}
