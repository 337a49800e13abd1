import Base
import Foundation
import GitHub
import GitHubClient
import HTTP
import JSON

/// Where plane-ingest takes the deliveries of one source.
struct DeliveryEndpoint: Equatable {
    let address: HTTPAddress
    /// As the path names it; empty for the endpoint itself.
    private let source: Substring

    /// Adds the path where only the origin is given; nil where the path is another.
    init?(_ address: HTTPAddress) {
        let address = address.path == "/" ? address.with(path: WebhookAddress.path) : address
        guard let root = address.path.range(of: WebhookPath.root + "/", options: .backwards) else { return nil }
        let source = address.path[root.upperBound...]
        guard !source.dropLast().contains("/") else { return nil }
        self.address = source.isEmpty || source.hasSuffix("/") ? address : address.with(path: address.path + "/")
        self.source = source.hasSuffix("/") ? source.dropLast() : source
    }

    /// That of the plane-ingest whose settings these are.
    init(listening environment: Environment) throws(Environment.Problem) {
        let listen = environment.string("INGEST_LISTEN") ?? WebhookPath.defaultListen
        do throws(AddressProblem) {
            address = HTTPAddress(reaching: try ListenAddress(listen)).with(path: WebhookAddress.path)
        } catch {
            throw Environment.Problem("INGEST_LISTEN: \(error)")
        }
        source = ""
    }

    var isOnThisMachine: Bool { APIAddress.isLoopback(address.host) }

    /// The first of the secrets that the source's deliveries are signed with.
    func secret(in environment: Environment) throws(Environment.Problem) -> Secret {
        let end = source.isEmpty ? "" : "_" + source.uppercased().replacing("-", with: "_")
        let name = "GITHUB_WEBHOOK_SECRET\(end)"
        for name in [name, "\(name)_FILE"] {
            if let secret = try environment.secrets(name)?.first { return secret }
        }
        throw Environment.Problem("\(name) is not set, expected the secret of the webhook (or \(name)_FILE)")
    }

    /// - Throws: `CommandFailure` where there is no whole answer.
    func post(_ delivery: SignedDelivery) async throws(CommandFailure) -> DeliveryAnswer {
        do throws(TransportFailure) {
            let answer = try await HTTPSession().post(
                address.description,
                fields: delivery.fields,
                body: delivery.body,
                within: .seconds(30),
                maximumBytes: 1 << 20
            )
            return DeliveryAnswer(status: answer.status, body: answer.body)
        } catch {
            throw CommandFailure("\(address): \(error)")
        }
    }
}

extension Arguments {
    func deliveryEndpoint(_ name: String) throws(UsageProblem) -> DeliveryEndpoint? {
        guard let text = string(name) else { return nil }
        guard let endpoint = HTTPAddress(text).flatMap({ DeliveryEndpoint($0) }) else {
            throw invalid(name, "an http or https address, alone or with \(WebhookAddress.path) behind it")
        }
        return endpoint
    }
}

/// What plane-ingest, or whoever is at its address, said to a delivery.
struct DeliveryAnswer: Equatable {
    let status: Int
    let body: [UInt8]

    var isTaken: Bool { (200..<300).contains(status) }

    /// As it came; text where it is no JSON.
    var json: JSONValue {
        let text = String(decoding: body, as: UTF8.self)
        return (try? JSONDocument(body)) == nil ? .string(text) : .raw(text)
    }

    /// In one line.
    var words: String {
        let object = (try? JSONDocument(body)).flatMap { try? JSONObject($0) }
        func text(_ key: StaticString) -> String? { (try? object?.exactTextIfPresent(key)).map(Printable.line) }
        let said = text("detail") ?? text("message").map { $0 + (text("event_id").map { ", event \($0)" } ?? "") }
        let advice = status == 401 ? " (plane-ingest has another secret than this environment)" : ""
        return "\(status): \(said ?? "this is not how plane-ingest answers")\(advice)"
    }
}
