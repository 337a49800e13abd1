import Database
import Foundation
import TestSupport

/// A repository and the project in Plane that follows it, which people edit at the same time.
struct LoopRepository: Sendable {
    let seed: UInt64
    let repository: SampleRepository
    /// Plane's key.
    let project = UUID()
    let story = LoopStory()
    let weather: BadWeather
    let api: BadAPI

    /// `others` are the repositories whose calls come with the same token.
    init(_ index: Int, seed: UInt64, others: Int) {
        self.seed = seed
        repository = SampleRepository(id: 700_300_000 + Int64(index), fullName: "acme/loop-\(index)")
        weather = BadWeather(seed: seed &+ 1)
        var state = FakeRepository.State()
        for (place, name) in GitHubEditor.labels.enumerated() {
            state.labels.append(SampleLabel(repository.id * 10 + Int64(place), name))
        }
        state.assignable = [.demo, .octocat]
        // Ids of comments are GitHub's, not the repository's.
        state.newestComment = repository.id * 1_000
        let fake = FakeRepository(repository, state, webhook: weather.send)
        api = BadAPI(fake, story, seed: seed &+ 2, sharingTokenWith: others)
    }

    /// Opens issues on GitHub.
    func open(_ count: Int) {
        api.repository.update { state in
            for number in 1...count {
                // Of one half, the connection's bot is the author in Plane.
                let author: SampleUser = number.isMultiple(of: 2) ? .octocat : .stranger
                let label = state.labels[number % state.labels.count].name
                _ = api.repository.open("Issue \(number)", "Text of \(number)", [.label(label)], by: author, &state)
            }
        }
    }

    /// Both sides at the same time, in rounds.
    func edit(_ targets: [LoopTarget], _ scale: ClosedLoop.Scale, _ people: Connection) async throws {
        var dice = SeededGenerator(seed: seed)
        var gitHub = GitHubEditor(api.repository, story, seed: seed &+ 3)
        var plane = PlaneEditor(people, of: project, story, seed: seed &+ 4)
        for _ in 0..<scale.rounds {
            // Some rounds have few issues, so that both sides edit the same ones.
            let some = Array(targets.shuffled(using: &dice).prefix(Int.random(in: 1...targets.count, using: &dice)))
            let pauses = (0..<2).map { _ in Int.random(in: 50...500, using: &dice) }
            let editors = (gitHub, plane)
            async let gitHubsRound = editors.0.round(some, scale.edits, pause: pauses[0])
            async let planesRound = editors.1.round(some, scale.edits, pause: pauses[1])
            (gitHub, plane) = try await (gitHubsRound, planesRound)
            // Sometimes longer than the sync waits for the end of edits.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...7_000, using: &dice)))
        }
    }

    /// What differs, with the numbers of the issues.
    func differences(from plane: LoopState?) -> [(issue: Int64, text: String)] {
        LoopState(api.repository.now).differences(from: plane ?? LoopState())
    }

    /// What is wrong on GitHub, however equal both sides are.
    func check() -> [String] {
        let (shown, counts) = (api.repository.now, api.counts)
        let markers = LoopText.markers(in: shown)
        let doubles = Set(markers).filter { marker in markers.count { $0 == marker } > 1 }
        var problems = doubles.map { "\($0) is there twice" }
        if shown.writesWithoutEffect > counts.lostWrites {
            problems.append("\(shown.writesWithoutEffect) writes without effect, \(counts.lostWrites) lost answers")
        }
        return problems
    }
}

extension GitHubEditor {
    /// - Returns: the editor as it goes on.
    fileprivate func round(_ targets: [LoopTarget], _ count: Int, pause: Int) async throws -> GitHubEditor {
        var editor = self
        for _ in 0..<count {
            if let target = targets.randomElement(using: &editor.dice) { editor.edit(target.number) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...pause, using: &editor.dice)))
        }
        return editor
    }
}

extension PlaneEditor {
    fileprivate func round(_ targets: [LoopTarget], _ count: Int, pause: Int) async throws -> PlaneEditor {
        var editor = self
        for _ in 0..<count {
            let (one, other) = (targets.randomElement(using: &editor.dice), targets.randomElement(using: &editor.dice))
            if let one, let other { try await editor.edit(one, or: other) }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...pause, using: &editor.dice)))
        }
        return editor
    }
}
