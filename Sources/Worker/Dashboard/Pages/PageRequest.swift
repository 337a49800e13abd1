import Base
import Database
import Foundation
import HTTP
import Inspect

/// What a page is asked for, by whom, and what it is made from.
struct PageRequest: Sendable {
    let site: Site
    let visitor: Visitor
    /// The path behind the prefix.
    let place: String
    /// What the route captured of the path.
    let captures: [String]
    let query: HTTPForm
    /// The fields of the form that was sent; none for a page.
    var form = HTTPForm(query: nil)
    let data: DashboardData
    let overview: OverviewSource
    let analytics: AnalyticsSource
    let now: Timestamp

    /// As what is done is written down.
    var person: Operator { Operator(visitor.name, via: .dashboard) }

    func link(_ path: String) -> String { site.link(path) }

    /// Whether the visitor may change something.
    func mayAct(as least: HTTPRole = .operator) -> Bool { site.mayAct(visitor, as: least) }

    /// A field of the query; nil when it is empty or not there.
    func field(_ name: String) throws(PageProblem) -> String? { try Self.field(name, in: query) }

    /// A field of the form.
    func formField(_ name: String) throws(PageProblem) -> String? { try Self.field(name, in: form) }

    private static func field(_ name: String, in form: HTTPForm) throws(PageProblem) -> String? {
        do {
            let text = try form.only(name)?.trimmingCharacters(in: .whitespaces)
            guard let text, !text.isEmpty else { return nil }
            guard text.utf8.count <= 500 else {
                throw PageProblem(400, "Too long", "The field \(name) holds more than 500 bytes.")
            }
            return text
        } catch let problem as PageProblem {
            throw problem
        } catch {
            throw PageProblem(400, "Not understood", String(describing: error))
        }
    }
}

extension PageRequest {
    /// What a part of a page shows; nil where this program's role in the database lacks the right.
    static func permitted<Value>(_ read: () async throws -> Value) async throws -> Value? {
        do {
            return try await read()
        } catch let error as DatabaseError where error.sqlState == "42501" {
            return nil
        }
    }
}

/// A query made of the fields that have a value, for a link.
struct LinkQuery: Sendable {
    private var fields: [(String, String)] = []

    init(_ fields: KeyValuePairs<String, String?> = [:]) {
        self.fields = fields.compactMap { name, value in value.map { (name, $0) } }
    }

    func with(_ name: String, _ value: String?) -> LinkQuery {
        var query = self
        query.fields.removeAll { $0.0 == name }
        if let value { query.fields.append((name, value)) }
        return query
    }

    var isEmpty: Bool { fields.isEmpty }

    /// Such as `?status=failed`; empty where there are no fields.
    var text: String {
        fields.isEmpty ? "" : "?" + fields.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
    }

    /// As hidden fields of a form.
    var hidden: HTML {
        fields.map { name, value -> HTML in "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">" }.joined()
    }

    /// A segment of a path or a value of a query, percent-encoded.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII, scalar.properties.isAlphabetic || byte.isDigit || "-._~".unicodeScalars.contains(scalar)
            {
                encoded.unicodeScalars.append(scalar)
            } else {
                encoded += String(format: "%%%02X", Int(byte))
            }
        }
        return encoded
    }
}
