import Foundation

extension GitHubRepository: Decodable {
    enum CodingKeys: String, CodingKey { case id, fullName = "full_name" }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.positiveID(.id)
        fullName = try container.decode(String.self, forKey: .fullName)
        guard Self.isFullName(fullName) else {
            throw container.problem(.fullName, "expected owner/name")
        }
    }

    /// GitHub's own alphabet for both halves; anything else would end up in URLs and log lines.
    package static func isFullName(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                (1...100).contains(part.count) && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                    && part.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                            UInt8(ascii: "."):
                            true
                        default: false
                        }
                    }
            }
    }
}

extension GitHubUser: Decodable {
    enum CodingKeys: String, CodingKey { case id, login }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.positiveID(.id)
        login = try container.decode(String.self, forKey: .login).withoutNUL
    }
}

extension GitHubLabel: Decodable {
    enum CodingKeys: String, CodingKey { case id, name, color, description }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.positiveID(.id)
        name = try container.decode(String.self, forKey: .name).withoutNUL
        color = try container.decodeIfPresent(String.self, forKey: .color)?.withoutNUL
        description = try container.decodeIfPresent(String.self, forKey: .description)?.withoutNUL
    }
}

extension GitHubIssue: Decodable {
    enum CodingKeys: String, CodingKey {
        case id, number, title, body, state, user, labels, assignee, assignees, milestone, type
        case stateReason = "state_reason"
        case url = "html_url"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case closedAt = "closed_at"
        case pullRequest = "pull_request"
        case isLocked = "locked"
    }

    private struct Milestone: Decodable {
        let title: String
    }

    private struct IssueType: Decodable {
        let name: String
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.positiveID(.id)
        number = try container.positiveID(.number)
        title = try container.decode(String.self, forKey: .title).withoutNUL
        body = try container.decodeIfPresent(String.self, forKey: .body)?.withoutNUL ?? ""
        url = try container.decodeIfPresent(String.self, forKey: .url)?.withoutNUL ?? ""
        author = try container.decodeIfPresent(GitHubUser.self, forKey: .user)
        labels = try container.decodeIfPresent([GitHubLabel?].self, forKey: .labels)?.compactMap(\.self) ?? []
        // Older samples have only `assignee`; the list is what GitHub keeps up to date.
        let listed = try container.decodeIfPresent([GitHubUser?].self, forKey: .assignees)?.compactMap(\.self)
        assignees = try listed ?? container.decodeIfPresent(GitHubUser.self, forKey: .assignee).map { [$0] } ?? []
        updatedAt = try container.timestamp(.updatedAt)
        createdAt = try container.timestampIfPresent(.createdAt) ?? updatedAt
        closedAt = try container.timestampIfPresent(.closedAt)
        isPullRequest = try container.contains(.pullRequest) && !container.decodeNil(forKey: .pullRequest)
        milestone = try container.decodeIfPresent(Milestone.self, forKey: .milestone)?.title.withoutNUL
        type = try container.decodeIfPresent(IssueType.self, forKey: .type)?.name.withoutNUL
        isLocked = try container.decodeIfPresent(Bool.self, forKey: .isLocked) ?? false

        let word = try container.decodeIfPresent(String.self, forKey: .state)
        let reason = try container.decodeIfPresent(String.self, forKey: .stateReason)
        // `state` is optional in GitHub's schema, and its words may grow: then `closed_at` decides.
        let isOpen = word == "open" || (word != "closed" && closedAt == nil)
        state = isOpen ? .open : reason == "not_planned" || reason == "duplicate" ? .cancelled : .completed
    }
}

extension GitHubComment: Decodable {
    enum CodingKeys: String, CodingKey {
        case id, body, user
        case url = "html_url"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.positiveID(.id)
        body = try container.decodeIfPresent(String.self, forKey: .body)?.withoutNUL ?? ""
        url = try container.decodeIfPresent(String.self, forKey: .url)?.withoutNUL ?? ""
        author = try container.decodeIfPresent(GitHubUser.self, forKey: .user)
        updatedAt = try container.timestamp(.updatedAt)
        createdAt = try container.timestampIfPresent(.createdAt) ?? updatedAt
    }
}

extension String {
    /// PostgreSQL stores no U+0000 in text, and JSON may carry it.
    var withoutNUL: String {
        // Nearly all texts have none, and bodies are long: memchr looks far faster than `contains`.
        let isClean = utf8.withContiguousStorageIfAvailable { bytes in
            bytes.baseAddress.map { memchr($0, 0, bytes.count) == nil } ?? true
        }
        guard !(isClean ?? false) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0 }))
    }
}

extension KeyedDecodingContainer {
    /// GitHub's ids and numbers start at 1 and fit 63 bits.
    func positiveID(_ key: Key) throws -> Int64 {
        do {
            let value = try decode(Int64.self, forKey: key)
            guard value > 0 else { throw problem(key, "expected a positive number") }
            return value
        } catch let error as DecodingError {
            throw error
        } catch {
            // An error of Foundation's own: a number that does not fit. Left alone it becomes "not valid JSON" somewhere.
            throw problem(key, "expected a whole number below 2^63")
        }
    }

    func timestamp(_ key: Key) throws -> Timestamp {
        try timestamp(try decode(String.self, forKey: key), key)
    }

    func timestampIfPresent(_ key: Key) throws -> Timestamp? {
        try decodeIfPresent(String.self, forKey: key).map { try timestamp($0, key) }
    }

    private func timestamp(_ text: String, _ key: Key) throws -> Timestamp {
        guard let value = Timestamp(iso: text) else { throw problem(key, "expected an ISO 8601 time") }
        return value
    }

    func problem(_ key: Key, _ expected: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: expected)
    }
}
