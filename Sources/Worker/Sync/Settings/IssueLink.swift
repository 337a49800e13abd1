import Foundation

/// The address of a dashboard, to whose pages the issues of a project get a link.
package struct IssueLink: Sendable, Equatable {
    package static let expected = "an address such as https://sync.example.com, without a query"
    /// What the links are called in Plane.
    static let title = "What happened to this issue"

    /// Without a slash at its end.
    package let address: String

    /// Nil for a text that is no such address.
    ///
    /// It becomes part of rows in Plane, so nothing unusual is accepted.
    package init?(_ text: String) {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~:/[]%".contains($0)) }
        guard isPlain, text.utf8.count <= 500, let parts = URLComponents(string: text),
            ["http", "https"].contains(parts.scheme?.lowercased()), parts.host?.isEmpty == false
        else { return nil }
        address = String(text.reversed().drop { $0 == "/" }.reversed())
    }

    /// The page about an issue; `repository` is `owner/name`.
    func page(of number: Int64, in repository: String) -> String { "\(address)/issues/\(repository)/\(number)" }
}

extension IssueLink: Codable {
    package init(from decoder: any Decoder) throws {
        guard let link = IssueLink(try decoder.singleValueContainer().decode(String.self)) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "expected \(Self.expected)")
            )
        }
        self = link
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(address)
    }
}
