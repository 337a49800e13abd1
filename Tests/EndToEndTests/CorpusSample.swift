import Base
import Database
import Foundation
import TestSupport
import Testing

/// A delivery of the payload corpus.
struct CorpusSample: Sendable {
    let name: String
    let event: String
    let body: String
    let repository: (id: Int64, name: String)?

    /// Whether ingest stores deliveries of this event.
    var isTaken: Bool { EventType(rawValue: event) != nil }

    static let isThere = TestEnvironment.payloadCorpus != nil
    static let reason: Comment = "needs the payload corpus: set PAYLOAD_CORPUS to its folder"

    /// All samples of a folder, in the order of their paths.
    static func samples(in folder: String) throws -> [CorpusSample] {
        guard let root = TestEnvironment.payloadCorpus?.appending(path: folder) else { return [] }
        let files =
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
        return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.map { file in
            let data = try Data(contentsOf: file)
            let repository = (try? JSONDecoder().decode(Body.self, from: data))?.repository
            return CorpusSample(
                name: file.lastPathComponent,
                event: file.deletingLastPathComponent().lastPathComponent,
                body: String(decoding: data, as: UTF8.self),
                repository: repository.map { ($0.id, $0.fullName) }
            )
        }
    }

    private struct Body: Decodable {
        struct Repository: Decodable {
            let id: Int64
            let fullName: String

            enum CodingKeys: String, CodingKey { case id, fullName = "full_name" }
        }

        let repository: Repository
    }
}

extension Connection {
    /// Connects every repository the samples are about.
    func connectRepositories(of samples: [CorpusSample]) throws {
        for (id, name) in Dictionary(samples.compactMap(\.repository), uniquingKeysWith: { first, _ in first }) {
            _ = try connectRepository(id, name)
        }
    }
}
