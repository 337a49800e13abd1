import Base
import Database
import Foundation
import GitHub

/// What was sent about an issue and may yet appear on GitHub, by field.
///
/// It is stored before each call, because the answer may be lost, and forgotten when no call can take effect any more.
package struct IssueIntents: Sendable, Equatable, Codable {
    var title: [IssueAgreement.Title.Pair] = []
    var text: [TextAgreement.Pair] = []
    var state: [IssueAgreement.State.Pair] = []
    var labels: [IssueAgreement.Elements.Intent] = []
    var assignees: [IssueAgreement.Elements.Intent] = []

    /// The column of a version row `v`, while a call may still take effect; GitHub ends a request after ten seconds.
    static let column: Query = "case when v.intended_at > now() - interval '10 minutes' then v.intents end as intents"

    /// As JSON; nil when there is none.
    var document: String? {
        guard self != IssueIntents() else { return nil }
        return (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension GitHubIssue.State: Codable {}

extension Bytes: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(Array(try decoder.singleValueContainer().decode(Data.self)))
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(Data(bytes))
    }
}
