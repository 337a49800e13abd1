import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// What strangers send over and over, knowing no secret.
struct StrangerScript: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var head = ""
    /// Bytes sent behind the head as fast as they are taken.
    var burst = 0
    /// Bytes a second sent after that.
    var drip = 0
    /// Whether it begins anew on the same connection when the burst is out.
    var repeats = false
    /// Whether each names a client of its own, as a proxy does.
    var isForwarded = false

    init(_ name: String, length: String, burst: Int, drip: Int = 0, repeats: Bool = false, isForwarded: Bool = false) {
        testDescription = name
        head = """
            POST \(IngestProgram.path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
            X-GitHub-Event: issues\r\nX-GitHub-Delivery: d\r\n\
            X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 64))\r\n\(length)\r\n
            """
        (self.burst, self.drip, self.repeats, self.isForwarded) = (burst, drip, repeats, isForwarded)
    }

    /// Requests sent ahead of their answers.
    init(_ count: Int, ahead path: String) {
        testDescription = "\(count) requests for \(path) sent ahead"
        head = String(repeating: "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n", count: count)
        repeats = true
    }

    static let bodies = [
        StrangerScript("16 MiB, then silence", length: "Content-Length: 26214400\r\n", burst: 16 << 20),
        StrangerScript("200 KiB, then silence", length: "Content-Length: 26214400\r\n", burst: 200 << 10),
        StrangerScript("a huge length and few bytes", length: "Content-Length: 26214400\r\n", burst: 100),
        StrangerScript(
            "chunks, then silence",
            length: "Transfer-Encoding: chunked\r\n\r\n1000000",
            burst: 4 << 20
        ),
        StrangerScript(
            "just above the slowest rate",
            length: "Content-Length: 26214400\r\n",
            burst: 1 << 20,
            drip: 20_000
        ),
        StrangerScript(
            "whole bodies with a wrong signature",
            length: "Content-Length: 100000\r\n",
            burst: 100_000,
            repeats: true
        ),
        StrangerScript(
            "through a proxy",
            length: "Content-Length: 26214400\r\n",
            burst: 4 << 20,
            isForwarded: true
        ),
    ]

    fileprivate func opening(_ number: Int) -> [UInt8] {
        guard isForwarded else { return Array(head.utf8) }
        let end = "\r\nContent-Length"
        return Array(head.replacing(end, with: "\r\nX-Forwarded-For: 198.51.100.\(number % 50)\(end)").utf8)
    }
}

/// Connections from many addresses that follow a script until they are told to leave; cut off, they come back.
final class StrangerCrowd: Sendable {
    private struct Member {
        let number: Int
        let source: String
        var descriptor: Int32 = -1
        var opening: [UInt8] = []
        var sent = 0
        var burstEnd: ContinuousClock.Instant?
    }

    private let script: StrangerScript
    private let port: Int
    private let isOver = Atomic<Bool>(false)
    private let returns = Atomic<Int>(0)
    private let hasLeft = DispatchSemaphore(value: 0)
    private static let filler = [UInt8](repeating: 0x78, count: 64 << 10)

    /// Sends them off, one connection from each of `sources`.
    init(_ script: StrangerScript, port: Int, sources: [String]) {
        self.script = script
        self.port = port
        let thread = Thread { [self] in
            var members = sources.enumerated().map { Member(number: $0.offset, source: $0.element) }
            while !isOver.load(ordering: .relaxed) {
                for index in members.indices { act(&members[index]) }
                // A flood that takes the whole machine would show nothing.
                usleep(40_000)
            }
            for member in members where member.descriptor >= 0 { close(member.descriptor) }
            hasLeft.signal()
        }
        thread.start()
    }

    /// 200 from one address and one from each of 20 others.
    static let manyFromOne = [String](repeating: "127.0.0.2", count: 200) + (1...20).map { "127.0.1.\($0)" }

    /// How often one of them was cut off and came back.
    var returned: Int { returns.load(ordering: .relaxed) }

    func leave() {
        isOver.store(true, ordering: .relaxed)
        hasLeft.wait()
    }

    private func act(_ member: inout Member) {
        guard member.descriptor >= 0 else { return join(&member) }
        var answer = [UInt8](repeating: 0, count: 64 << 10)
        let got = recv(member.descriptor, &answer, answer.count, Int32(MSG_DONTWAIT))
        if got == 0 || (got < 0 && errno != EAGAIN) { return leave(&member) }
        let count = member.opening.count
        let bytes =
            member.sent < count
            ? member.opening[member.sent...]
            : Self.filler[..<min(Self.filler.count, allowed(&member))]
        guard send(bytes, &member) else { return leave(&member) }
        if script.repeats, member.sent == count + script.burst { member.sent = 0 }
    }

    /// How many bytes more of the body the script wants now.
    private func allowed(_ member: inout Member) -> Int {
        let sent = member.sent - member.opening.count
        guard sent >= script.burst else { return script.burst - sent }
        let end = member.burstEnd ?? .now
        member.burstEnd = end
        return max(0, Int(Double(script.drip) * ((.now - end) / .seconds(1))) - (sent - script.burst))
    }

    private func send(_ bytes: ArraySlice<UInt8>, _ member: inout Member) -> Bool {
        guard !bytes.isEmpty else { return true }
        let count = bytes.withUnsafeBytes {
            Glibc.send(member.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count > 0 { member.sent += count }
        return count > 0 || errno == EAGAIN
    }

    private func leave(_ member: inout Member) {
        close(member.descriptor)
        member.descriptor = -1
        returns.wrappingAdd(1, ordering: .relaxed)
    }

    private func join(_ member: inout Member) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let isConnected =
            LoopbackAddress.use(member.source, 0) { bind(descriptor, $0, $1) } == 0
            && LoopbackAddress.use("127.0.0.1", port) { connect(descriptor, $0, $1) } == 0
        guard isConnected else {
            close(descriptor)
            return
        }
        member.descriptor = descriptor
        (member.opening, member.sent, member.burstEnd) = (script.opening(member.number), 0, nil)
    }
}
