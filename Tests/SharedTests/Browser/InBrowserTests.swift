import Foundation
import TestSupport
import Testing

/// What a test can do in a browser, and that nothing of it is left.
@Suite(.timeLimit(.minutes(15))) struct InBrowserTests {
    @Test func `a person can read, type, press keys, click and look`() async throws {
        try await TestServer.run(service: SamplePages.service) { server in
            let address = "http://127.0.0.1:\(server.port)"
            try await Browser.open("\(address)/good") { page in
                #expect(try await page.title == "Sample")
                #expect(try await page.find("h1").text == "Good")
                #expect(try await page.find("output").text == "scripted")
                try await page.find("#name").type("world")
                try await page.press(.enter)
                #expect(try await page.text.contains("hello world"))
                #expect(try await page.find("#name").name == "Name")
                #expect(try await page.find("summary + p").isShown == false)
                try await page.find("summary").click()
                #expect(try await page.find("summary + p").isShown)
                #expect(try await page.all("label").count == 6)
                #expect(try await page.find("button").attribute("title") == nil)
                #expect(try await page.run("return arguments[0] + arguments[1]", "a", 1) == "a1")
                try await page.find("a").click()
                #expect(try await page.url == "\(address)/other")
                try await page.goBack()
                #expect(try await page.find("h1").text == "Good")
                let picture = try await page.screenshot()
                #expect(picture.starts(with: [0x89] + Array("PNG".utf8)))
                await #expect(throws: (any Error).self) { try await page.find("#nowhere", within: .zero) }
                await #expect(throws: (any Error).self) { try await page.run("throw new Error('no')") }
            }
        }
    }

    @Test func `a page is shown as it is told, in each tab`() async throws {
        try await TestServer.run(service: SamplePages.service) { server in
            let address = "http://sample.test:\(server.port)"
            try await Browser.open("\(address)/good", hosts: ["sample.test"]) { page in
                #expect(try await page.run("return isSecureContext") == false)
                let light = try await page.find("body").style("background-color")
                try await page.prefer(.dark)
                #expect(try await page.find("body").style("background-color") != light)
                try await page.setWidth(360)
                #expect(try await page.run("return innerWidth") == 360)
                try await page.setWidth(nil)
                #expect(try await page.run("return innerWidth") == 1280)
                try await page.allowScripts(false)
                try await page.reload()
                #expect(try await page.find("output").text == "")
                try await page.allowScripts(true)
                try await page.reload()
                #expect(try await page.find("output").text == "scripted")
                let first = try await page.tab
                let second = try await page.openTab("\(address)/other")
                #expect(try await page.find("h1").text == "Other")
                try await page.show(tab: first)
                #expect(try await page.find("h1").text == "Good")
                #expect(first != second)
            }
        }
    }

    @Test func `nothing of a browser is left, however its test ends`() async throws {
        struct Stop: Error {}
        let before = try Self.leftovers()
        try await TestServer.run(service: SamplePages.service) { server in
            await #expect(throws: Stop.self) {
                try await Browser.open("http://127.0.0.1:\(server.port)/good") { _ in
                    #expect(try Self.leftovers().count > before.count)
                    throw Stop()
                }
            }
        }
        #expect(try await eventually { try Self.leftovers().subtracting(before).isEmpty })
    }

    /// The directories of browsers, and the processes that work in one of them.
    private static func leftovers() throws -> Set<String> {
        let state = try TestEnvironment.state.path
        let directories = try FileManager.default.contentsOfDirectory(atPath: state).filter { $0.hasPrefix("browser-") }
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
            return place?.hasPrefix("\(state)/browser-") == true
        }
        return Set(directories + processes)
    }
}
