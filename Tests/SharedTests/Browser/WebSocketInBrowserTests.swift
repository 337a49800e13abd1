import HTTP
import TestSupport
import Testing

/// A WebSocket as a browser speaks it.
@Suite(.timeLimit(.minutes(15))) struct WebSocketInBrowserTests {
    /// Sample pages, and `/socket`, which pages of `127.0.0.1` may open.
    private static func service(on shelf: SocketShelf) -> HTTPService {
        HTTPService { head in
            guard head.path == "/socket" else { return SamplePages.service.admit(head) }
            do throws(WebSocketHandshake.Problem) {
                let handshake = try WebSocketHandshake(head) { $0?.hasPrefix("http://127.0.0.1:") == true }
                return .receive(into: SocketSink(handshake, shelf), limit: 0)
            } catch {
                return .respond(error.response)
            }
        }
    }

    private static let connect = """
        window.heard = [];
        window.socket = new WebSocket('ws://' + location.host + '/socket');
        socket.onopen = () => heard.push('open');
        socket.onmessage = event => heard.push(event.data);
        socket.onclose = event => heard.push(`close ${event.code} ${event.wasClean}`);
        """

    /// What the page hears, once it is so much.
    private static func heard(_ page: Page, _ count: Int) async throws -> [String] {
        _ = try await page.wait { try await $0.run("return heard.length") >= count }
        return try await page.run("return heard")
    }

    @Test func `a page hears the messages, pings stay its browser's affair, and each end is clean`() async throws {
        var limits = HTTPLimits.quick
        limits.streamComment = .milliseconds(50)
        limits.pongDeadline = .seconds(60)
        let shelf = SocketShelf()
        try await TestServer.run(limits, service: Self.service(on: shelf)) { server in
            try await Browser.open("http://127.0.0.1:\(server.port)/other") { page in
                try await page.run(Self.connect)
                let stream = try await shelf.take()
                let long = String(repeating: "é", count: 50_000)
                for text in ["one", "", long] { #expect(stream.send(Array(text.utf8))) }
                #expect(try await Self.heard(page, 4) == ["open", "one", "", long])
                try await Task.sleep(for: .milliseconds(500))
                #expect(stream.send(Array("after some pings".utf8)))
                #expect(try await Self.heard(page, 5).last == "after some pings")
                stream.end()
                #expect(try await Self.heard(page, 6).last == "close 1000 true")

                try await page.run(Self.connect)
                let second = try await shelf.take()
                #expect(try await Self.heard(page, 1) == ["open"])
                try await page.run("socket.close(3000, 'enough')")
                #expect(try await Self.heard(page, 2).last == "close 3000 true")
                try await server.until { $0.streams == 0 }
                #expect(!second.send([97]))

                try await page.run(Self.connect)
                let third = try await shelf.take()
                #expect(try await Self.heard(page, 1) == ["open"])
                try await page.run("socket.send('up')")
                #expect(try await Self.heard(page, 2).last == "close 1003 true")
                try await server.until { $0.streams == 0 }
                #expect(!third.send([97]))
                #expect(server.server.statistics.cutStreams == 0)
                #expect(try await page.consoleProblems() == [])
            }
        }
    }

    @Test func `a page of another origin hears nothing`() async throws {
        let shelf = SocketShelf()
        try await TestServer.run(service: Self.service(on: shelf)) { server in
            try await Browser.open("http://other.test:\(server.port)/other", hosts: ["other.test"]) { page in
                try await page.run(Self.connect)
                #expect(try await Self.heard(page, 1) == ["close 1006 false"])
                #expect(server.server.statistics.answers[403] == 1)
            }
        }
    }
}
