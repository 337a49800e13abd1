import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Database
@testable import Worker

/// What we compute and write, held against what Plane itself computes and lets through.
@Suite struct PlaneVectorTests {
    private static let isThere = TestEnvironment.planeVectors != nil
    private static let reason: Comment = "needs Plane's vectors: set PLANE_VECTORS to their folder"

    private struct LockKey: Decodable {
        let project: UUID
        let key: Int64

        enum CodingKeys: String, CodingKey { case project = "project_id", key = "lock_key" }
    }

    private struct AllowList: Decodable {
        let tags: Set<String>
        /// By tag; `*` is every tag.
        let attributes: [String: Set<String>]
        let schemes: Set<String>
        let rel: String

        enum CodingKeys: String, CodingKey {
            case tags, attributes, schemes = "url_schemes", rel = "link_rel_added"
        }
    }

    private static func read<Value: Decodable>(_ name: String) throws -> Value {
        let file = try #require(TestEnvironment.planeVectors).appending(path: name)
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    }

    @Test(.enabled(if: isThere, reason)) func `a project's lock has the key that Plane gives it`() async throws {
        let vectors: [LockKey] = try Self.read("lock_key_vectors.json")
        #expect(vectors.count >= 5)
        try await TestDatabase.with { database in
            let connection = database.connection()
            for vector in vectors {
                let key = try await connection.numberLockKey(vector.project)
                #expect(key == vector.key, "\(vector.project)")
            }
        }
    }

    @Test func `a project's lock key is the first eight bytes of the hash of its id's text`() async throws {
        let project = try #require(UUID(uuidString: "C0FFEE00-1234-4ABC-9DEF-0123456789AB"))
        let hash = sha256("c0ffee00-1234-4abc-9def-0123456789ab".utf8).prefix(8)
        let key = Int64(bitPattern: hash.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        #expect(key < 0, "the sample shows that the sign is kept")
        try await TestDatabase.with { database in
            let found = try await database.connection().numberLockKey(project)
            #expect(found == key)
        }
    }

    @Test(.enabled(if: isThere, reason)) func `Plane lets through every element and attribute we write`() throws {
        let allowed: AllowList = try Self.read("html_allowlist.json")
        let written = Set(EditorHTMLChecker.children.values.joined()).union(EditorHTMLChecker.children.keys)
            .subtracting(["document", "text"])
        #expect(written.count > 25)
        #expect(written.subtracting(allowed.tags) == [])
        for (element, attributes) in EditorHTMLChecker.attributes {
            var known = (allowed.attributes[element] ?? []).union(allowed.attributes["*"] ?? [])
            // Plane's cleaner adds this one itself, so ours stays as it is only with the same value.
            if element == "a", attributes["rel"]?(allowed.rel) == true { known.insert("rel") }
            #expect(Set(attributes.keys).subtracting(known) == [], "<\(element)>")
        }
        let schemes = EditorHTMLChecker.linkStarts.map { String($0.prefix { $0 != ":" }) }
        #expect(Set(schemes).subtracting(allowed.schemes) == [])
    }
}

extension Connection {
    fileprivate func numberLockKey(_ project: UUID) throws -> Int64 {
        try run("select github_sync.number_lock_key(\(project)) as key")[0].get("key")
    }
}
