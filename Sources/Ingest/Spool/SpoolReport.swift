import Foundation

/// What a node tells of its spool.
struct SpoolReport: Sendable, Equatable {
    let records: Int
    let bytes: Int
    /// Of the delivery received first, in seconds; nil when there is none.
    let oldestAge: Double?
    let isInUse: Bool
}

extension SpoolReport {
    init(_ route: SpoolRoute) {
        let numbers = route.contents.numbers
        records = route.contents.records
        bytes = numbers.bytes
        oldestAge = numbers.oldest.map { max(0, Date().timeIntervalSince($0)) }
        isInUse = route.circuit.isOpen
    }
}
