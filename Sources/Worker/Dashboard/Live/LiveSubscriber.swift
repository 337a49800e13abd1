import HTTP

/// The two ways of messages to those who look.
enum LiveSubscriber {
    /// A client whose connection breaks comes back after two seconds and is told everything again.
    private static let greeting = Array("retry: 2000\n\n".utf8)

    /// Server-Sent Events, to an `EventSource`.
    static func addEvents(_ stream: HTTPStream, to broadcaster: Broadcaster) {
        guard stream.send(greeting) else { return }
        broadcaster.add { messages, round in
            messages.isEmpty ? stream.isOpen : stream.send(events(messages, round))
        }
    }

    /// A WebSocket: each message is a text frame.
    static func addMessages(_ stream: HTTPStream, to broadcaster: Broadcaster) {
        broadcaster.add { messages, _ in
            messages.allSatisfy { stream.send(Array($0.text.utf8)) } && stream.isOpen
        }
    }

    /// A message is one line, as an event's data must be.
    private static func events(_ messages: [Broadcaster.Message], _ round: Int) -> [UInt8] {
        messages.reduce(into: []) { bytes, message in
            bytes.append(contentsOf: "id: \(round)\ndata: ".utf8)
            bytes.append(contentsOf: message.text.utf8)
            bytes.append(contentsOf: "\n\n".utf8)
        }
    }
}
