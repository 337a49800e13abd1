import Base
import Foundation
import Testing

@Suite struct WholeFileTests {
    @Test func `a file of the kernel is read beyond its first page`() throws {
        let maps = try String(wholeFile: "/proc/self/maps")
        #expect(maps.utf8.count > 4_096 && maps.hasSuffix("\n"))
        #expect(maps.contains("[stack]"))
    }

    @Test func `so is a pipe that is written to in pieces`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().text)").path
        mkfifo(path, 0o600)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let writer = Task.detached {
            let pipe = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            for piece in ["one", "two", "three"] {
                try pipe.write(contentsOf: Data(piece.utf8))
                try await Task.sleep(for: .milliseconds(100))
            }
            try pipe.close()
        }
        #expect(try String(wholeFile: path) == "onetwothree")
        try await writer.value
    }

    @Test func `what is no text, and no file, is an error`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "bytes-\(UUID().text)").path
        #expect(throws: (any Error).self) { try String(wholeFile: path) }
        try Data([0x61, 0xFF]).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: (any Error).self) { try String(wholeFile: path) }
    }
}
