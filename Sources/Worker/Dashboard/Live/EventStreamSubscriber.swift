import HTTP

/// Server-Sent Events: the way of messages to an `EventSource`.
enum EventStreamSubscriber {
    /// A client whose connection breaks comes back after two seconds and is told everything again.
    private static let greeting = Array("retry: 2000\n\n".utf8)

    static func subscribe(to broadcaster: Broadcaster, _ stream: HTTPStream) {
        guard stream.send(greeting) else { return }
        broadcaster.add { messages, round in stream.send(events(messages, round)) }
    }

    /// A message is one line, as an event's data must be.
    static func events(_ messages: [Broadcaster.Message], _ round: Int) -> [UInt8] {
        messages.reduce(into: []) { bytes, message in
            bytes.append(contentsOf: "id: \(round)\ndata: ".utf8)
            bytes.append(contentsOf: message.text.utf8)
            bytes.append(contentsOf: "\n\n".utf8)
        }
    }
}
