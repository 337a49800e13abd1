import Foundation
import Testing

@testable import Base
@testable import Deliveries
@testable import HTTP
@testable import Ingest
@testable import Store

/// What Plane sends: its signature, and what is read of its body.
@Suite struct PlaneWebhookTests {
    private static let id = "0b8e2f6a-9d7c-4f3b-8a51-2c6d7e8f9a10"
    /// As Python's `json.dumps` writes it.
    private static let body =
        #"{"event": "issue", "action": "updated", "data": {"id": "\#(id)", "name": "Gr\u00fc\u00dfe"}}"#
    private static let secret = "plane_wh_0123456789abcdef"
    /// Made with Python's `hmac.new(secret, body, sha256).hexdigest()`.
    private static let right = "e454e6df86c9dfb119081169037476f0baca6784884daf586a991fc7e3ef608c"

    private func check(
        _ fields: HTTPFields,
        of webhook: Webhook = .plane,
        secrets: [String] = [secret],
        body: String = body
    ) throws(Signature.Refusal) -> Int? {
        let signature = Signature(.signed(secrets.map { HMACSHA256.Key(Secret($0)) }), of: webhook, fields)
        for byte in body.utf8 { withUnsafeBytes(of: byte) { signature.update($0) } }
        return try signature.verify()
    }

    @Test func `Plane's signature is the bare code in hex, by any of its secrets`() throws {
        #expect(try check(["X-Plane-Signature": Self.right]) == 0)
        #expect(try check(["x-plane-signature": Self.right], secrets: ["a", Self.secret]) == 1)
        #expect(throws: Signature.Refusal.mismatch) {
            try check(["X-Plane-Signature": Self.right], secrets: ["a", "b"])
        }
        #expect(throws: Signature.Refusal.mismatch) {
            try check(["X-Plane-Signature": Self.right], body: Self.body + " ")
        }
    }

    @Test(arguments: [
        "", "sha256=" + right, right.uppercased(), right + "0", String(right.dropLast()), "0x" + right.dropLast(2),
        right + ", " + right,
    ]) func `nothing else can be right`(_ text: String) {
        #expect(throws: Signature.Refusal.malformed) { try check(["X-Plane-Signature": text]) }
    }

    @Test func `the signature of one sender is none for the other`() {
        #expect(throws: Signature.Refusal.missing) { try check(["X-Hub-Signature-256": "sha256=" + Self.right]) }
        #expect(throws: Signature.Refusal.missing) { try check(["X-Hub-Signature": "sha1=" + Self.right]) }
        #expect(throws: Signature.Refusal.missing) { try check(["X-Plane-Signature": Self.right], of: .gitHub()) }
        #expect(throws: Signature.Refusal.repeated) {
            try check(["X-Plane-Signature": Self.right, "x-plane-signature": Self.right])
        }
    }

    private func verdict(_ body: String, type: String = "application/json") -> Verdict {
        Verdict(of: .plane, ["Content-Type": type], body: Array(body.utf8), id: UUID(), received: Date())
    }

    private func wake(_ body: String) -> Wake? {
        guard case .wake(let wake) = verdict(body) else { return nil }
        return wake
    }

    @Test func `an issue or a comment is named by its key, in either case of its letters`() throws {
        let id = try #require(UUID(uuidString: Self.id))
        #expect(wake(Self.body) == Wake(.issue, id))
        #expect(wake(#"{"data":{"id":"\#(Self.id.uppercased())"},"event":"issue"}"#) == Wake(.issue, id))
        let comment = #"{"event": "issue_comment", "data": {"issue": "\#(UUID())", "id": "\#(Self.id)"}}"#
        #expect(wake(comment) == Wake(.comment, id))
        // What a delete tells is no more than the key.
        #expect(wake(#"{"event": "issue", "action": "deleted", "data": {"id": "\#(Self.id)"}}"#) == Wake(.issue, id))
    }

    @Test(arguments: ["project", "cycle", "module", "issues", "Issue", "", "issue\\u0000x"])
    func `other events are ignored, whatever they hold`(_ event: String) {
        guard case .outcome(.ignored(nil, _)) = verdict(#"{"event": "\#(event)", "data": 1}"#) else {
            Issue.record("\(event) is not ignored")
            return
        }
    }

    @Test(arguments: [
        ("[]", "the body: expected an object"), ("{}", "event: missing"), (#"{"event": 1}"#, "event: expected text"),
        (#"{"event": "issue"}"#, "data: missing"), (#"{"event": "issue", "data": []}"#, "data: expected an object"),
        (#"{"event": "issue", "data": {}}"#, "data.id: missing"),
        (#"{"event": "issue", "data": {"id": null}}"#, "data.id: null, expected text"),
        (#"{"event": "issue", "data": {"id": 7}}"#, "data.id: expected text"),
        (#"{"event": "issue", "data": {"id": ""}}"#, "data.id: expected a UUID"),
        (#"{"event": "issue", "data": {"id": "{\#(id)}"}}"#, "data.id: expected a UUID"),
        (#"{"event": "issue", "data": {"id": "\#(id) "}}"#, "data.id: expected a UUID"),
        (#"{"event": "issue", "data": {"id": "\#(id)\u0000"}}"#, "data.id: expected a UUID"),
        (#"{"event": "issue", "data": {"id": "\#(id.filter { $0 != "-" })"}}"#, "data.id: expected a UUID"),
        (#"{"event": "issue_comment", "data": {"id": "x"}}"#, "data.id: expected a UUID"),
    ]) func `a body without such a key is refused with what is wrong`(_ body: String, words: String) {
        guard case .outcome(.invalid(.payload, let detail)) = verdict(body) else {
            Issue.record("\(body) is not refused")
            return
        }
        #expect(detail == "The body does not fit the event: \(words).")
    }

    @Test func `content type and JSON are checked as GitHub's are`() {
        guard case .outcome(.unsupportedContentType) = verdict(Self.body, type: "text/plain") else {
            Issue.record("text is taken")
            return
        }
        guard case .outcome(.invalid(.json, _)) = verdict(Self.body + "}") else {
            Issue.record("what is no JSON is taken")
            return
        }
    }
}
