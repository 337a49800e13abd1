import Base
import Foundation
import Testing

@Suite struct OwnDirectoryTests {
    private static func with(_ body: (_ path: String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "own-\(UUID().text)").path
        mkdir(path, 0o700)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test(arguments: [mode_t(0o700), 0o500, 0o755, 0o2750])
    func `a directory that nobody else may write to is one's own`(_ mode: mode_t) throws {
        try Self.with { path in
            chmod(path, mode)
            for name in [path, path + "/", path + "//"] { #expect(OwnDirectory.objection(to: name) == nil) }
        }
    }

    @Test(arguments: [mode_t(0o770), 0o702, 0o1777, 0o2770])
    func `one that others may write to is not`(_ mode: mode_t) throws {
        try Self.with { path in
            chmod(path, mode)
            let found = "of user \(geteuid()) with mode \(String(mode, radix: 8))"
            #expect(OwnDirectory.objection(to: path) == found)
        }
    }

    @Test func `nor is a link to one`() throws {
        try Self.with { path in
            let link = path + "/link"
            symlink(path, link)
            for name in [link, link + "/"] { #expect(OwnDirectory.objection(to: name) == "a symbolic link") }
        }
    }

    @Test func `where there is no directory there is nothing to say`() throws {
        try Self.with { path in
            #expect(OwnDirectory.objection(to: path + "/none") == nil)
            #expect(FileManager.default.createFile(atPath: path + "/file", contents: nil))
            #expect(OwnDirectory.objection(to: path + "/file") == nil)
        }
    }
}
