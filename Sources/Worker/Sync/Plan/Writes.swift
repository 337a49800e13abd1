import Database

/// Everything a batch writes, as rows for set-based statements: `Planner` decides it, `Connection.sync` sends it.
struct Writes: Sendable {
    private var byKind = ByKind()
    /// The histories of objects, including those that get no new version.
    private var histories = ByKind()
    var activities: [Activity] = []

    subscript<Shown: Snapshot>(_ kind: Shown.Type) -> Shown.Writes {
        get { byKind[kind] }
        _modify { yield &byKind[kind] }
    }

    /// Notes the history that a newest snapshot was chosen from.
    mutating func keep<Shown: Snapshot>(_ history: SecondHistory, of snapshot: Shown, in follower: Follower) {
        histories[Shown.self, as: [PlaneKey: SecondHistory].self][snapshot.key(in: follower)] = history
    }

    /// All statements but the creation of issues, in an order in which they may run.
    var queries: [Query] {
        Registry.kinds.flatMap { queries(of: $0) } + Activity.writes(activities)
            + Registry.kinds.flatMap { deletions(of: $0) }
    }

    private func queries<Shown: Snapshot>(of kind: Shown.Type) -> [Query] { self[kind].queries(histories[kind]) }
    private func deletions<Shown: Snapshot>(of kind: Shown.Type) -> [Query] { self[kind].deletions }
}
