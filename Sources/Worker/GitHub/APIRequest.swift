import Base
import Foundation
import GitHub
import JSON

/// One call of the API.
struct APIRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET", post = "POST", patch = "PATCH", delete = "DELETE"
    }

    /// In whose name it is made, if we are an App; a person's token serves for everything.
    enum Scope: Sendable, Equatable {
        case app
        case repository(RepositoryName)
    }

    var method = Method.get
    /// Percent-encoded, with its query, as `APIAddress.url` takes it.
    var path: String
    var scope: Scope
    var body: JSONValue?
    /// Of the answer we have, if only another one is wanted.
    var etag: String?
    /// Whether doing it twice makes two things; such a call is never repeated unless it surely did nothing.
    var creates = false

    init(_ method: Method, _ path: String, _ scope: Scope, _ body: JSONValue? = nil) {
        self.method = method
        self.path = path
        self.scope = scope
        self.body = body
    }

    /// A path below that of the repository, such as `/issues/7`.
    init(_ method: Method, _ path: String, in repository: RepositoryName, _ body: JSONValue? = nil) {
        self.init(method, "/repos/\(repository)\(path)", .repository(repository), body)
    }

    /// A text as one segment of a path or one value of a query.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            if byte.isWord || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + [byte].hex.uppercased()
            }
        }
    }
}

/// `owner/name`, checked to be just that, because it becomes part of addresses.
package struct RepositoryName: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init?(_ fullName: String) {
        guard GitHubRepository.isFullName(fullName) else { return nil }
        description = fullName
    }

    /// The person or organization whose it is.
    var owner: Substring { description.prefix { $0 != "/" } }
}
