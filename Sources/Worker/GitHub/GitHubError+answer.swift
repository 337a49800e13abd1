import Base
import Foundation
import JSON

extension GitHubError {
    /// The error that an answer means; nil if it is a success.
    init?(_ answer: HTTPAnswer, to request: APIRequest, now: Timestamp) {
        let words = Self.words(answer.body) ?? "status \(answer.status)"
        switch answer.status {
        case 200..<300: return nil
        case 304 where request.etag != nil: return nil
        case 401: self = .unauthorized
        case 403, 429:
            self = RateLimitRefusal(answer, now: now)?.error(at: now) ?? .forbidden(words)
        case 404: self = .notFound
        case 410: self = .gone
        // Locked, and blocked for legal reasons.
        case 423, 451: self = .forbidden(words)
        // The request came too slowly, or met another change; it did nothing.
        case 407, 408, 409, 425: self = .transient(words)
        case 400..<500: self = .validation(words)
        case 500..<600:
            let wait = RateLimitRefusal.retryAfter(answer.fields, now: now)
            self = request.failure("status \(answer.status)", until: wait.map { now.later(bySeconds: $0) })
        default: self = request.failure("unexpected status \(answer.status)")
        }
    }

    /// GitHub's words for what is wrong: one printable line without addresses and tokens.
    static func words(_ body: [UInt8]) -> String? {
        guard let document = try? JSONDocument(body), let object = try? JSONObject(document),
            let message = object.textIfReadable("message")
        else { return nil }
        let faults = (try? object.objectsIfPresent("errors") { Self.fault($0) }) ?? []
        let text = ([message] + faults.filter { !$0.isEmpty }).joined(separator: "; ")
        return line(text)
    }

    /// Words of somebody else as a part of one of our texts.
    static func line(_ text: String) -> String { String(Printable.line(redacted(text)).prefix(300)) }

    /// `assignees: invalid`, with a message if there is one.
    private static func fault(_ object: JSONObject) -> String {
        let field = object.textIfReadable("field")
        let code = object.textIfReadable("code")
        return [field, code, object.textIfReadable("message")].compactMap(\.self).joined(separator: ": ")
    }

    /// Without addresses, tokens and keys.
    private static func redacted(_ text: String) -> String {
        withoutSecrets(text.replacing(/https?:\/\/\S+/, with: "<address>"))
    }

    /// Without what looks like a token or a key.
    static func withoutSecrets(_ text: String) -> String {
        text.replacing(/(gh[pousr]_|github_pat_|eyJ)[A-Za-z0-9_.\-]+/, with: "<secret>")
    }
}

extension Timestamp {
    func later(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }
}
