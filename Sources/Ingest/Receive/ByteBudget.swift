import HTTP
import Synchronization

/// Bounds the bytes of all bodies in memory: those whose signature held, and separately those still on their way.
///
/// Anybody can send bodies, so those on their way must not use up the room of verified ones. Among those on their way,
/// small bodies take from large ones: a small body that finds no room ends the largest body of the sender who holds
/// most. So a sender who holds much, on however many connections, loses it to one who needs little. A large body that
/// finds no room is refused.
final class ByteBudget: Sendable {
    private struct State {
        var verified = 0
        var arriving = ArrivingBodies()
    }

    /// The largest body that is taken: GitHub's cap of 25 MB, read generously.
    static let largestBody = 26_214_400

    /// For verified bodies.
    private let limit: Int
    /// For all bodies on their way, and for those of one sender.
    private let arrivingLimit: Int
    private let senderLimit: Int
    private let smallBody: Int
    private let state = Mutex(State())

    /// Bodies on their way get half of `limit` in addition, and one sender half of that; the largest body always fits.
    ///
    /// Ordinary deliveries have some 10 kB. `smallBody` has room for an issue and a comment of the greatest length that
    /// GitHub allows, unless nearly every character of them is escaped.
    init(limit: Int, largestBody: Int = largestBody, smallBody: Int = 1 << 20) {
        self.limit = limit
        arrivingLimit = max(limit / 2, largestBody)
        senderLimit = max(limit / 4, largestBody)
        self.smallBody = smallBody
    }

    var bytesInFlight: Int { state.withLock { $0.verified + $0.arriving.total } }

    fileprivate func begin(sender: IPAddress, end: @escaping ArrivingBodies.End) -> ArrivingBodies.Key {
        state.withLock { $0.arriving.add(sender: sender, end: end) }
    }

    /// Counts bytes that have come, and ends larger bodies that have to make room for them.
    fileprivate func grow(_ body: ArrivingBodies.Key, by count: Int) -> Bool {
        let (isGranted, ended) = state.withLock { state -> (Bool, [ArrivingBodies.End]) in
            var ended: [ArrivingBodies.End] = []
            guard let held = state.arriving.bytes(of: body) else { return (false, ended) }
            let mayTake = held + count <= smallBody
            while true {
                let isSenders = state.arriving.bytes(from: body.sender) + count > senderLimit
                guard isSenders || state.arriving.total + count > arrivingLimit else { break }
                guard mayTake, let end = state.arriving.endLargest(of: isSenders ? body.sender : nil, for: body, count)
                else {
                    state.arriving.remove(body)
                    return (false, ended)
                }
                ended.append(end)
            }
            state.arriving.add(count, to: body)
            return (true, ended)
        }
        ended.forEach { $0() }
        return isGranted
    }

    /// - Returns: the bytes of a body whose signature held; nil when there is no room for them among the verified, or
    ///   when it had to make room for others meanwhile.
    fileprivate func verify(_ body: ArrivingBodies.Key) -> Int? {
        state.withLock { state in
            guard let bytes = state.arriving.remove(body), state.verified + bytes <= limit else { return nil }
            state.verified += bytes
            return bytes
        }
    }

    fileprivate func giveUp(_ body: ArrivingBodies.Key) { state.withLock { _ = $0.arriving.remove(body) } }

    fileprivate func give(_ count: Int) { state.withLock { $0.verified -= count } }
}

/// One body's part of the budget, given back when the last holder lets go of it.
final class ByteReservation: Sendable {
    private enum Part {
        case arriving(ArrivingBodies.Key)
        case verified(Int)
        case none
    }

    private let budget: ByteBudget
    private let part: Mutex<Part>

    /// `end` is called, from any thread, when the body has to make room for others.
    init(_ budget: ByteBudget, sender: IPAddress, end: @escaping @Sendable () -> Void) {
        self.budget = budget
        part = Mutex(.arriving(budget.begin(sender: sender, end: end)))
    }

    deinit {
        switch part.withLock({ $0 }) {
        case .arriving(let body): budget.giveUp(body)
        case .verified(let bytes): budget.give(bytes)
        case .none: break
        }
    }

    /// Counts bytes of the body that have come.
    /// - Returns: false when there is no room for them: the body must end.
    func grow(by count: Int) -> Bool {
        guard case .arriving(let body) = part.withLock({ $0 }) else { return false }
        return budget.grow(body, by: count)
    }

    /// The body is complete and its signature held.
    /// - Returns: false when there is no room for it.
    func verify() -> Bool {
        part.withLock { part in
            guard case .arriving(let body) = part else { return false }
            let bytes = budget.verify(body)
            part = bytes.map { .verified($0) } ?? .none
            return bytes != nil
        }
    }
}

/// The bodies on their way and what each sender holds: a value, which knows neither limits nor locks.
private struct ArrivingBodies {
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
