import Base
import Foundation
import GitHub
import GitHubClient
import HTTP
import Inspect

/// Asks the endpoint that GitHub sends deliveries to.
struct EndpointCheck: Sendable {
    private let session = HTTPSession()
    private let environment: Environment
    /// The address given with `--endpoint`.
    private let asked: HTTPAddress?

    init(_ installation: Installation) {
        environment = installation.environment
        asked = installation.endpoint
    }

    func findings() async -> [Finding] {
        let listen = environment.string("INGEST_LISTEN")
        let address: HTTPAddress
        do throws(AddressProblem) {
            if let asked {
                address = asked
            } else {
                address = HTTPAddress(reaching: try ListenAddress(listen ?? WebhookPath.defaultListen))
            }
        } catch {
            return [.failed("INGEST_LISTEN: \(error)", "correct or remove it")]
        }
        let webhook = await webhookFinding(address, isGuess: asked == nil && listen == nil)
        guard webhook.verdict == .ok else { return [webhook] }
        return [webhook, await readinessFinding(address.with(path: "/readyz"))]
    }

    private func webhookFinding(_ address: HTTPAddress, isGuess: Bool) async -> Finding {
        let address = address.path == "/" ? address.with(path: WebhookAddress.path) : address
        do throws(TransportFailure) {
            let answer = try await get(address)
            guard answer.status == 200, answer.body.contains(#""name":"plane-ingest""#) else {
                return .failed(
                    "\(address) answers \(answer.status), but not as plane-ingest does",
                    "check the address, and that the proxy passes \(WebhookAddress.path) on"
                )
            }
            return .ok("plane-ingest answers at \(address)")
        } catch  where isGuess {
            return .notChecked("nothing answers at \(address)", "say where plane-ingest is with --endpoint")
        } catch {
            return .failed("\(address): \(error)", "start plane-ingest there, or let connections through to it")
        }
    }

    private func readinessFinding(_ address: HTTPAddress) async -> Finding {
        do throws(TransportFailure) {
            let answer = try await get(address)
            switch answer.status {
            case 200 where answer.body.contains("ready"): return .ok("it is ready: a delivery could be stored now")
            case 503:
                return .failed(
                    "\(address) answers 503: a delivery could not be stored now",
                    "see plane-ingest's log, and the database above"
                )
            // A public address should not answer this path.
            default: return .notChecked("\(address) is not published (\(answer.status))")
            }
        } catch {
            return .failed("\(address): \(error)", "see plane-ingest's log")
        }
    }

    private func get(_ address: HTTPAddress) async throws(TransportFailure) -> (status: Int, body: String) {
        let answer = try await session.get(address.description, within: .seconds(5), maximumBytes: 1 << 20)
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }
}
