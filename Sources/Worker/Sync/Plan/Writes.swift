import Database

/// Everything a batch writes, as rows for set-based statements: `Planner` decides it, `Connection.sync` sends it.
struct Writes {
    /// The rows about the objects of one kind, in a box so that they grow in place.
    private final class Box<Rows: ObjectWrites> {
        var rows = Rows()
    }

    private var boxes: [ObjectIdentifier: AnyObject] = [:]
    /// The histories of objects by their kinds, including those that get no new version.
    private var histories: [ObjectIdentifier: [PlaneKey: SecondHistory]] = [:]
    var activities: [Activity] = []
    var differences: Set<Difference> = []

    init() {
        for kind in Registry.kinds { add(kind) }
    }

    private mutating func add<Shown: Snapshot>(_ kind: Shown.Type) {
        boxes[ObjectIdentifier(kind)] = Box<Shown.Writes>()
    }

    subscript<Shown: Snapshot>(_ kind: Shown.Type) -> Shown.Writes {
        _read { yield box(of: kind).rows }
        nonmutating _modify { yield &box(of: kind).rows }
    }

    private func box<Shown: Snapshot>(of kind: Shown.Type) -> Box<Shown.Writes> {
        guard let box = boxes[ObjectIdentifier(kind)] as? Box<Shown.Writes> else {
            preconditionFailure("\(kind) is not in the registry")
        }
        return box
    }

    /// Notes the history that a newest snapshot was chosen from.
    mutating func keep(_ history: SecondHistory, of object: SyncedObject) {
        histories[object.kind, default: [:]][object.key] = history
    }

    /// All statements but the creation of issues, in an order in which they may run.
    var queries: [Query] {
        Registry.kinds.flatMap { queries(of: $0) } + Activity.writes(activities) + Difference.queries(differences)
            + Registry.kinds.flatMap { deletions(of: $0) }
    }

    private func queries<Shown: Snapshot>(of kind: Shown.Type) -> [Query] {
        self[kind].queries(histories[ObjectIdentifier(kind)] ?? [:])
    }

    private func deletions<Shown: Snapshot>(of kind: Shown.Type) -> [Query] { self[kind].deletions }
}
