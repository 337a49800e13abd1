import Base
import Foundation
import HTTP

/// The users who may sign in: a file with `name:role:secret` a line.
struct Accounts: Sendable {
    private struct Account: Sendable {
        let visitor: Visitor
        /// SHA-256 of `name:secret`, as a browser sends them; the secrets are too long to be found from it.
        let digest: [UInt8]
    }

    private let accounts: [Account]

    /// - Throws: what is wrong with a line; a secret is never named.
    init(_ text: String) throws(Environment.Problem) {
        var accounts: [Account] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
            let account = try Self.account(line, number: index + 1)
            guard !accounts.contains(where: { $0.visitor.name == account.visitor.name }) else {
                throw Self.problem(index + 1, "'\(account.visitor.name)' is there twice")
            }
            accounts.append(account)
        }
        guard !accounts.isEmpty else { throw Environment.Problem("DASHBOARD_USERS_FILE names nobody") }
        self.accounts = accounts
    }

    /// Reads the file of `DASHBOARD_USERS_FILE`, which only its owner and its group may read, and only its owner write.
    ///
    /// Others may read it where a container's runtime has mounted it.
    init(file path: String) throws(Environment.Problem) {
        var facts = stat()
        guard stat(path, &facts) == 0, let text = try? String(wholeFile: path) else {
            throw Environment.Problem("DASHBOARD_USERS_FILE is '\(path)', expected a readable text file")
        }
        let forbidden: mode_t = isMountedByItself(path) ? 0o022 : 0o027
        guard facts.st_mode & forbidden == 0 else {
            throw Environment.Problem(
                "DASHBOARD_USERS_FILE is '\(path)' with mode \(String(facts.st_mode & 0o777, radix: 8)), "
                    + "expected 600, or 640 with a group of its own"
            )
        }
        try self.init(text)
    }

    /// Who sends these credentials; nil when nobody has them.
    ///
    /// Each account is compared whole, whether or not its name fits, so that the time tells nothing.
    func visitor(_ credentials: [UInt8]) -> Visitor? {
        let digest = sha256(credentials)
        return accounts.reduce(nil) { found, account in
            isEqualInConstantTime(account.digest, digest) ? account.visitor : found
        }
    }

    private static func account(_ line: Substring, number: Int) throws(Environment.Problem) -> Account {
        let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw problem(number, "expected name:role:secret") }
        let (name, secret) = (String(parts[0]), String(parts[2]))
        guard !name.isEmpty, name.count <= 100, name.allSatisfy({ !$0.isWhitespace }), Printable.line(name) == name
        else {
            throw problem(number, "expected a name of 1 to 100 characters without blanks")
        }
        guard let role = HTTPRole(word: parts[1]) else {
            throw problem(number, "the role of '\(name)' is '\(parts[1])', expected viewer, operator or admin")
        }
        guard isStrong(secret) else {
            throw problem(
                number,
                "the secret of '\(name)' has less than 128 bits, expected one made with openssl rand -hex 16"
            )
        }
        return Account(visitor: Visitor(name: name, role: role), digest: sha256(Array("\(name):\(secret)".utf8)))
    }

    /// Hex digits hold four bits each, other characters at most six.
    private static func isStrong(_ secret: String) -> Bool {
        let length = secret.allSatisfy(\.isHexDigit) ? 32 : 22
        return secret.count >= length && Secret(secret).isStrong
    }

    private static func problem(_ line: Int, _ text: String) -> Environment.Problem {
        Environment.Problem("DASHBOARD_USERS_FILE, line \(line): \(text)")
    }
}
