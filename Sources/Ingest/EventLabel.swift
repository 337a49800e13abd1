import Base

/// The name of an event in metrics: those we know, and `other` for whatever a sender may invent.
struct EventLabel: Hashable, Sendable {
    let name: String

    init(_ event: String?) {
        name = event.flatMap { Self.known.contains($0) ? $0 : nil } ?? "other"
    }

    private static let known = Set(EventType.allCases.map(\.rawValue) + ["ping"])
    static let all = (known.sorted() + ["other"]).map { EventLabel($0) }
}
