import HTTP

/// The bodies on their way and what each sender holds: a value, which knows neither limits nor locks.
struct ArrivingBodies {
    struct Key: Sendable, Hashable {
        let sender: IPAddress
        fileprivate let number: UInt64
    }

    typealias End = @Sendable () -> Void

    private struct Body {
        var bytes = 0
        let end: End
    }

    private struct Sender {
        var bytes = 0
        var bodies: [UInt64: Body] = [:]
    }

    private(set) var total = 0
    private var senders: [IPAddress: Sender] = [:]
    private var lastNumber: UInt64 = 0

    mutating func add(sender: IPAddress, end: @escaping End) -> Key {
        lastNumber += 1
        senders[sender, default: Sender()].bodies[lastNumber] = Body(end: end)
        return Key(sender: sender, number: lastNumber)
    }

    /// Nil for a body that had to end.
    func bytes(of body: Key) -> Int? { senders[body.sender]?.bodies[body.number]?.bytes }

    func bytes(from sender: IPAddress) -> Int { senders[sender]?.bytes ?? 0 }

    mutating func add(_ count: Int, to body: Key) {
        senders[body.sender]?.bodies[body.number]?.bytes += count
        senders[body.sender]?.bytes += count
        total += count
    }

    /// - Returns: the bytes it held, nil for a body that had to end.
    @discardableResult
    mutating func remove(_ body: Key) -> Int? {
        guard let removed = senders[body.sender]?.bodies.removeValue(forKey: body.number) else { return nil }
        senders[body.sender]?.bytes -= removed.bytes
        if senders[body.sender]?.bodies.isEmpty == true { senders[body.sender] = nil }
        total -= removed.bytes
        return removed.bytes
    }

    /// Takes the room of the largest body of `sender`, or of the sender who holds most, for another body.
    ///
    /// Between senders the one with more yields, between bodies of one sender the larger.
    /// - Returns: how to end it; nil when the body that asks for `count` bytes more is itself the one to yield.
    mutating func endLargest(of sender: IPAddress?, for body: Key, _ count: Int) -> End? {
        let most = sender ?? senders.max { $0.value.bytes < $1.value.bytes }?.key ?? body.sender
        let isOwn = most == body.sender
        guard isOwn || bytes(from: most) > bytes(from: body.sender) + count,
            let largest = senders[most]?.bodies.max(by: { $0.value.bytes < $1.value.bytes }),
            largest.key != body.number, !isOwn || largest.value.bytes > (bytes(of: body) ?? 0) + count
        else { return nil }
        remove(Key(sender: most, number: largest.key))
        return largest.value.end
    }
}
