import Base
import Database
import Foundation
import GitHub
import GitHubClient
import HTTP
import Inspect
import JSON

/// Posts a delivery as GitHub would: to see that it arrives, and what becomes of it.
struct SendCommand: Command, Equatable {
    static let help = CommandHelp(
        name: "send",
        summary: "sign a delivery and post it to plane-ingest, as GitHub does",
        usage: """
            [EVENT] [--file FILE] [--to URL] [--delivery ID]
            [--yes] [--json]
            """,
        positional: "EVENT",
        positionalWords: ["ping"] + EventType.allCases.map(\.rawValue),
        options: [
            Option("--file", "FILE", "the body, JSON as GitHub sends it; -: standard input", completion: .file),
            Option("--to", "URL", "where to (default: the address of INGEST_LISTEN)"),
            Option("--delivery", "ID", "the delivery id (default: a new one)"),
            Option("--yes", "send it to another machine too"),
            .json,
        ],
        details: [
            "EVENT is ping (the default), which changes nothing; the name of an event whose",
            "body is in FILE; or the id of a stored event, or its beginning, whose body is",
            "sent once more. A new delivery id makes it another delivery: the sync compares",
            "it with what it knows, and writes nothing that is not newer.",
            "",
            "It is signed with the first secret of the variables below. For a source",
            "(…/github-mcp/SOURCE/) that is GITHUB_WEBHOOK_SECRET_SOURCE.",
            "",
            "Keys with --json: event, delivery_id, to, status (of HTTP), answer.",
        ],
        example: ["plane-worker send", "plane-worker send issues --file opened.json"],
        exitStatus: "0 taken, 1 refused or not sent, 2 wrong usage.",
        usesDatabase: false,
        group: "plane_sync_worker",
        variables: [
            ("DATABASE_URL", "for a stored event, a role in plane_sync_worker"),
            ("INGEST_LISTEN", "where plane-ingest listens (default 127.0.0.1:8080)"),
            ("GITHUB_WEBHOOK_SECRET", "the secret, or GITHUB_WEBHOOK_SECRET_FILE, its file"),
        ]
    )

    /// What to send.
    enum Content: Equatable {
        case ping
        case file(event: String, path: String)
        /// The id of a stored event, or the beginning of one.
        case stored(String)
    }

    let content: Content
    /// Nil: where `INGEST_LISTEN` says.
    let endpoint: DeliveryEndpoint?
    let deliveryID: String?
    let mayLeaveMachine: Bool
    let json: Bool

    init(_ arguments: Arguments) throws(UsageProblem) {
        content = try Content(arguments)
        endpoint = try arguments.deliveryEndpoint("--to")
        deliveryID = arguments.string("--delivery")
        guard deliveryID.map({ $0.isPrintableASCII(upTo: 100) }) != false else {
            throw arguments.invalid("--delivery", "1 to 100 printable ASCII characters")
        }
        mayLeaveMachine = arguments.has("--yes")
        json = arguments.json
    }

    func run(in context: CommandContext) async throws {
        let endpoint = try self.endpoint ?? DeliveryEndpoint(listening: context.environment)
        guard endpoint.isOnThisMachine || mayLeaveMachine else {
            throw UsageProblem("\(endpoint.address) is not this machine, give --yes to send there", command: "send")
        }
        let secret = try endpoint.secret(in: context.environment)
        let (event, body) = try await read(in: context)
        let delivery = SignedDelivery(event: event, id: deliveryID ?? UUID().text, body: body, secret: secret)
        let answer = try await endpoint.post(delivery)
        if json {
            try context.output.print(
                .object([
                    "event": .string(event), "delivery_id": .string(delivery.id),
                    "to": .string(endpoint.address.description), "status": .int(answer.status), "answer": answer.json,
                ])
            )
        } else {
            try context.output.print("sent \(event), delivery \(delivery.id), to \(endpoint.address)")
        }
        guard answer.isTaken else { throw CommandFailure(answer.words) }
        if !json { try context.output.print(answer.words) }
    }

    /// The event's name and the body.
    private func read(in context: CommandContext) async throws -> (event: String, body: String) {
        switch content {
        case .ping: return ("ping", #"{"zen":"Sent by plane-worker \#(Version.current).","hook_id":0}"#)
        case .file(let event, let path): return (event, try DeliveryFile.text(path))
        case .stored(let id):
            let connection = try await context.checkedConnection(for: Self.help.name)
            guard let event = try await connection.event(beginningWith: id) else {
                throw CommandFailure("no event has the id or delivery id '\(id)'")
            }
            let body = try await connection.payload(of: event.id)
            return (event.type, String(decoding: body, as: UTF8.self))
        }
    }
}

extension SendCommand.Content {
    fileprivate init(_ arguments: Arguments) throws(UsageProblem) {
        guard arguments.positionals.count <= 1 else {
            throw arguments.problem("unexpected argument '\(arguments.positionals[1])', expected one EVENT")
        }
        let word = arguments.positionals.first
        let isName = word.map { $0.utf8.allSatisfy { $0.isLetter || $0 == UInt8(ascii: "_") } } ?? false
        switch (word, arguments.string("--file")) {
        case (nil, nil), ("ping"?, nil): self = .ping
        case (nil, .some):
            throw arguments.problem("EVENT is missing, expected what X-GitHub-Event says of the file: issues, say")
        case (let word?, let path?):
            guard isName else {
                throw arguments.problem("EVENT is '\(word)', expected the name of an event beside --file: issues, say")
            }
            self = .file(event: word, path: path)
        case (let word?, nil):
            let names = ["ping"] + EventType.allCases.map(\.rawValue)
            guard !names.contains(word) else {
                throw arguments.problem("--file is missing, expected the body of the event \(word)")
            }
            guard !isName || EventPrefix(word) != nil else {
                throw arguments.problem("unknown event '\(word)'" + names.suggestion(for: word))
            }
            self = .stored(word)
        }
    }
}
