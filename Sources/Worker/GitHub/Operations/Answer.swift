import Base
import JSON

/// What GitHub answered, with what every answer tells besides.
package struct Answer<Content: Sendable>: Sendable {
    package let content: Content
    /// For asking again whether there is anything new.
    package let etag: String?
    package let rateLimit: RateLimit?
    /// GitHub's clock, to the second, which some time within the call showed; nil where the answer does not tell.
    package let answeredAt: Timestamp?
    /// The path where a redirect led, where the repository was renamed or the object transferred.
    package let movedTo: String?

    init(_ content: Content, _ answer: HTTPAnswer) {
        self.content = content
        etag = answer.fields["etag"]
        rateLimit = RateLimit(answer.fields)
        answeredAt = answer.fields["date"].flatMap(HTTPDate.init)?.timestamp
        movedTo = answer.movedTo
    }
}

/// What a read finds that names the version it has.
package enum Conditional<Content: Sendable>: Sendable {
    case modified(Content)
    /// It is still the version with the ETag that was sent; the answer costs nothing of the primary limit.
    case notModified

    /// The new content.
    package var content: Content? {
        switch self {
        case .modified(let content): content
        case .notModified: nil
        }
    }
}

extension Conditional: Equatable where Content: Equatable {}

extension HTTPAnswer {
    /// Reads the body of a success.
    func object<Value>(
        of request: APIRequest,
        _ read: (JSONObject) throws(PayloadProblem) -> Value
    ) throws(GitHubError) -> Value {
        let document = try document(of: request)
        do {
            return try read(JSONObject(document))
        } catch {
            throw request.failure("the answer cannot be read: \(error)")
        }
    }

    func document(of request: APIRequest) throws(GitHubError) -> JSONDocument {
        do {
            return try JSONDocument(body)
        } catch {
            throw request.failure("the answer is not JSON: \(error)")
        }
    }
}
