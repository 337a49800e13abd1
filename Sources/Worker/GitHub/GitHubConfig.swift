import Base
import Foundation

/// How GitHub's API is reached, and as whom.
package struct GitHubConfig: Sendable, Equatable {
    package enum Credentials: Sendable, Equatable {
        /// A person's token.
        case token(Secret)
        /// A GitHub App, which gets a token for each installation.
        case app(AppKey)
    }

    package let address: APIAddress
    package let credentials: Credentials

    /// Reads `GITHUB_API_URL`, and `GITHUB_TOKEN`, `GITHUB_TOKEN_FILE`, or `GITHUB_APP_ID` with
    /// `GITHUB_APP_PRIVATE_KEY_FILE`; nil if there are no credentials.
    package init?(_ environment: Environment) throws(Environment.Problem) {
        let address = try environment.apiAddress("GITHUB_API_URL")
        guard let credentials = try environment.credentials() else { return nil }
        self.init(address: address, credentials: credentials)
    }

    init(address: APIAddress, credentials: Credentials) {
        self.address = address
        self.credentials = credentials
    }
}

extension Environment {
    fileprivate func apiAddress(_ name: String) throws(Problem) -> APIAddress {
        let examples = "https://api.github.com or https://github.example.com/api/v3"
        return try address(name, like: examples, APIAddress.init) ?? .github
    }

    /// The address in a variable, if it is set; `examples` are for the problem of one that cannot be used.
    func address<Address>(
        _ name: String,
        like examples: String,
        _ read: (String) throws(APIAddress.Problem) -> Address
    ) throws(Problem) -> Address? {
        guard let text = string(name) else { return nil }
        let expected = "expected an address like \(examples)"
        do {
            return try read(text)
        } catch {
            switch error {
            case .notAnAddress: throw Problem("\(name) is '\(text)', \(expected)")
            case .notEncrypted:
                throw Problem("\(name) is '\(text)', expected https (http only for this machine itself)")
            case .pageAddress(let api): throw Problem("\(name) is '\(text)', expected the address of its API, \(api)")
            case .credentials: throw Problem("\(name) has a user or a password in it, \(expected)")
            }
        }
    }

    /// A person's token, if there is one.
    func personalToken() throws(Problem) -> Secret? {
        guard case .token(let token)? = try credentials() else { return nil }
        return token
    }

    fileprivate func credentials() throws(Problem) -> GitHubConfig.Credentials? {
        let (token, tokenFile) = ("GITHUB_TOKEN", "GITHUB_TOKEN_FILE")
        let (app, keyFile) = ("GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY_FILE")
        let set = [token, tokenFile, app].filter { string($0) != nil }
        if set.count > 1 { throw Problem("\(set[0]) and \(set[1]) are both set, expected one of them") }
        guard let name = set.first else {
            guard string(keyFile) == nil else { throw Problem("\(app) is not set, expected the App's id or client id") }
            return nil
        }
        if name != app { return .token(try self.token(name)) }
        let id = try requiredString(app, "the App's id or client id")
        guard id.utf8.count <= 100, id.utf8.allSatisfy({ $0.isWord || $0 == 0x2D || $0 == 0x2E }) else {
            throw Problem("\(app) is '\(id)', expected the App's id or client id")
        }
        let path = try requiredString(keyFile, "the file with the App's private key")
        guard let pem = try? String(wholeFile: path) else {
            throw Problem("\(keyFile) is '\(path)', expected a readable text file")
        }
        guard let key = AppKey(app: id, pem: Secret(pem)) else {
            throw Problem("\(keyFile) is '\(path)', expected an RSA private key in PEM form without a passphrase")
        }
        return .app(key)
    }

    /// A token is opaque, and goes into a header field as it is.
    private func token(_ name: String) throws(Problem) -> Secret {
        let secrets = try secrets(name) ?? []
        guard secrets.count == 1, secrets[0].isFieldValue else {
            throw Problem("\(name) holds no token, expected one of visible ASCII characters")
        }
        return secrets[0]
    }
}

extension Secret {
    /// Whether it can stand in a header field: visible ASCII characters only.
    var isFieldValue: Bool {
        let bytes = reveal().utf8
        return !bytes.isEmpty && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
