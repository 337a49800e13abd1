import Base
import HTTP
import Testing

@testable import Dashboard

@Suite struct AccountsTests {
    private static let secret = "3f8a91c2d4e5b60718293a4b5c6d7e8f"

    @Test func `each line is somebody, blank lines and comments are nobody`() throws {
        let accounts = try Accounts("# who\n\nvera:viewer:\(Self.secret)\r\nada:admin:a:colon:in:the:secret:Xy7!\n")
        #expect(accounts.visitor(Array("vera:\(Self.secret)".utf8)) == Visitor(name: "vera", role: .viewer))
        #expect(accounts.visitor(Array("ada:a:colon:in:the:secret:Xy7!".utf8))?.role == .admin)
        for wrong in ["vera:\(Self.secret)x", "ada:\(Self.secret)", "vera", "", "# who:"] {
            #expect(accounts.visitor(Array(wrong.utf8)) == nil)
        }
    }

    @Test(arguments: [
        ("vera", "line 1: expected name:role:secret"), ("vera:viewer", "line 1: expected name:role:secret"),
        (":viewer:\(secret)", "a name of 1 to 100"), ("a b:viewer:\(secret)", "without blanks"),
        ("vera:root:\(secret)", "the role of 'vera' is 'root'"), ("vera:viewer:short", "less than 128 bits"),
        ("vera:viewer:0123456789abcdef0123456789abcde", "less than 128 bits"),
        ("vera:viewer:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "less than 128 bits"),
        ("vera:viewer:\(secret)\nvera:admin:\(secret)", "line 2: 'vera' is there twice"), ("# nobody", "names nobody"),
    ])
    func `a line that cannot be used is named, its secret is not`(_ text: String, _ words: String) {
        do throws(Environment.Problem) {
            _ = try Accounts(text)
            Issue.record("accepted")
        } catch {
            #expect(error.description.contains(words))
            #expect(!error.description.contains(Self.secret) && !error.description.contains("short"))
        }
    }

    @Test func `ten wrong guesses a second and no more`() throws {
        let wrong = WrongAttempts()
        let now = ContinuousClock.now
        let address = try #require(IPAddress("192.0.2.1"))
        let other = try #require(IPAddress("192.0.2.2"))
        for _ in 0..<10 {
            #expect(!wrong.isExhausted(address, at: now))
            wrong.note(address, at: now)
        }
        #expect(wrong.isExhausted(address, at: now))
        #expect(!wrong.isExhausted(other, at: now))
        #expect(!wrong.isExhausted(address, at: now + .seconds(1)))
    }

    @Test func `what a visitor may do depends on the role, and on the settings`() {
        let everything = Site(allowsActions: true, payloads: .viewer)
        let viewer = Visitor(name: "v", role: .viewer)
        let admin = Visitor(name: "a", role: .admin)
        #expect(!everything.mayAct(viewer) && everything.mayAct(admin))
        #expect(!Site().mayAct(admin))
        #expect(everything.maySeePayloads(viewer) && !everything.maySeePayloads(.local))
        #expect(!Site().maySeePayloads(viewer) && Site().maySeePayloads(admin))
        #expect(!Site(payloads: .nobody).maySeePayloads(admin))
    }
}
