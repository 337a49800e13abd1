import TestSupport

@testable import Sync

/// An issue on GitHub and in Plane, with people who edit both, and a sync between them to which everything happens.
///
/// GitHub's titles are in capitals and Plane's are not, so that neither side can just copy the other's.
struct TwoSides {
    struct Shown: Equatable {
        var title: String
        var isClosed: Bool
        var labels: Set<String>
    }

    private struct Delivery {
        let version: Int
        let shown: Shown
    }

    private enum Call {
        case title(String), isClosed(Bool), add(String), remove(String)
    }

    private(set) var github = Shown(title: "START", isClosed: false, labels: [])
    private(set) var plane = Shown(title: "start", isClosed: false, labels: [])
    /// Writes that changed something on GitHub, and those that did not.
    private(set) var writes = 0
    private(set) var writesWithoutEffect = 0
    /// The last values that somebody typed in Plane.
    private(set) var typed = Shown(title: "start", isClosed: false, labels: [])

    private let conflict: ConflictRule
    private var version = 1
    private var seen = 1
    private var title = ScalarAgreement<String, String>(.init(github: "START", plane: "start"))
    private var isClosed = ScalarAgreement<Bool, Bool>(.init(github: false, plane: false))
    private var labels = SetAgreement<String, String>([:])
    private var onTheWay: [Delivery] = []
    /// Calls whose answers were lost and that GitHub has yet to carry out.
    private var late: [Call] = []
    private var generator: SeededGenerator
    private var count = 0

    init(seed: UInt64, conflict: ConflictRule) {
        generator = SeededGenerator(seed: seed)
        self.conflict = conflict
    }

    private static let names = ["bug", "p1", "docs"]

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    // MARK: People

    mutating func editGitHub() {
        var new = github
        count += 1
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: new.title = "G\(count)"
        case 1: new.isClosed.toggle()
        default: new.labels.formSymmetricDifference([Self.names.randomElement(using: &generator)?.uppercased() ?? ""])
        }
        change(to: new)
    }

    mutating func editPlane() {
        count += 1
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: plane.title = "p\(count)"
        case 1: plane.isClosed.toggle()
        default: plane.labels.formSymmetricDifference([Self.names.randomElement(using: &generator) ?? ""])
        }
        typed = plane
    }

    // MARK: GitHub

    private mutating func change(to new: Shown) {
        guard new != github else { return }
        github = new
        version += 1
        let copies = chance(5) ? 0 : chance(10) ? 2 : 1
        for _ in 0..<copies { onTheWay.append(Delivery(version: version, shown: github)) }
    }

    private mutating func carryOut(_ call: Call) {
        var new = github
        switch call {
        case .title(let title): new.title = title
        case .isClosed(let isClosed): new.isClosed = isClosed
        case .add(let label): new.labels.insert(label)
        case .remove(let label): new.labels.remove(label)
        }
        if new == github { writesWithoutEffect += 1 } else { writes += 1 }
        change(to: new)
    }

    mutating func carryOutLateCall() {
        guard let index = late.indices.randomElement(using: &generator) else { return }
        carryOut(late.remove(at: index))
    }

    // MARK: Sync

    /// Brings one delivery, or none; the order is random.
    mutating func deliver() {
        guard let index = onTheWay.indices.randomElement(using: &generator) else { return }
        let delivery = onTheWay.remove(at: index)
        if delivery.version > seen { observe(delivery.shown, delivery.version) }
    }

    private mutating func observe(_ shown: Shown, _ version: Int) {
        seen = version
        let name = shown.title.lowercased()
        if title.observe(shown.title, shown: name, plane: plane.title, conflict).isTaken { plane.title = name }
        if isClosed.observe(shown.isClosed, shown: shown.isClosed, plane: plane.isClosed, conflict).isTaken {
            plane.isClosed = shown.isClosed
        }
        let pairs = Dictionary(shown.labels.map { ($0, $0.lowercased()) }) { first, _ in first }
        let change = labels.observe(pairs, plane: plane.labels)
        plane.labels = plane.labels.union(change.added).subtracting(change.removed)
    }

    private var isDirty: Bool {
        title.isDirty(plane.title) || isClosed.isDirty(plane.isClosed) || difference != ([], [])
    }

    private var difference: (added: Set<String>, removed: Set<String>) { labels.difference(from: plane.labels) }

    /// Reads GitHub, and sends what is left to send.
    ///
    /// Anything may fail, unless `isCalm`.
    mutating func send(isCalm: Bool = false) {
        guard isDirty else { return }
        if version > seen { observe(github, version) }
        if title.isDirty(plane.title) {
            let value = plane.title.uppercased()
            title.intend(value, for: plane.title)
            guard call(.title(value), isCalm) else { return }
        }
        if isClosed.isDirty(plane.isClosed) {
            isClosed.intend(plane.isClosed, for: plane.isClosed)
            guard call(.isClosed(plane.isClosed), isCalm) else { return }
        }
        let difference = difference
        for label in difference.added.sorted() {
            labels.intend(.add(label.uppercased(), label))
            guard call(.add(label.uppercased()), isCalm) else { return }
        }
        for label in difference.removed.sorted() {
            labels.intend(.remove(label))
            guard call(.remove(label), isCalm) else { return }
        }
    }

    /// Makes a call; somebody may type in Plane meanwhile.
    /// - Returns: whether the answer came.
    private mutating func call(_ call: Call, _ isCalm: Bool) -> Bool {
        if !isCalm {
            if chance(3) { return false }  // the worker was killed, or the call never left
            if chance(5) {
                late.append(call)
                return false
            }
            if chance(10) { editPlane() }
        }
        carryOut(call)
        if !isCalm, chance(5) { return false }  // the answer was lost
        observe(github, version)
        return true
    }

    /// Nobody edits any more: everything arrives, GitHub is read once, and the sync goes on.
    /// - Returns: the writes of each further round.
    mutating func comeToRest() -> [Int] {
        while !late.isEmpty { carryOutLateCall() }
        while !onTheWay.isEmpty { deliver() }
        if version > seen { observe(github, version) }
        title.forgetIntents()
        isClosed.forgetIntents()
        labels.forgetIntents()
        return (0..<4).map { _ in
            let before = writes + writesWithoutEffect
            send(isCalm: true)
            while !onTheWay.isEmpty { deliver() }
            return writes + writesWithoutEffect - before
        }
    }

    var areEqual: Bool {
        plane
            == Shown(
                title: github.title.lowercased(),
                isClosed: github.isClosed,
                labels: Set(github.labels.map { $0.lowercased() })
            )
    }
}
