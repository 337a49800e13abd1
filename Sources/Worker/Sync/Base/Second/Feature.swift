/// One property of a snapshot, such as "is closed" or "carries label 7", as a number.
///
/// The upper four bits name the field, the other bits are a hash of its value. That is enough to tell apart the few
/// values that one object takes within two seconds.
struct Feature: Sendable, Hashable, Comparable {
    enum Field: UInt32, Sendable {
        case title = 1
        case body, state, label, assignee, milestone, type, lock, branch, base, reading

        /// Whether an object may have several values of this field at a time.
        var isMultivalued: Bool { self == .label || self == .assignee }
    }

    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ field: Field, _ value: some Sequence<UInt8>) {
        // FNV-1a gives the same hash in every process and version; Swift's own hashes do not.
        let hash = value.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
        let folded = UInt32(truncatingIfNeeded: hash ^ (hash >> 32)) & 0x0FFF_FFFF
        rawValue = field.rawValue << 28 | max(folded, 1)
    }

    init(_ field: Field, _ text: String) { self.init(field, text.utf8) }

    /// Stands for a value of the field that the delivery does not tell.
    static func unknown(_ field: Field) -> Feature { Feature(rawValue: field.rawValue << 28) }

    var isUnknown: Bool { rawValue & 0x0FFF_FFFF == 0 }
    var field: Field? { Field(rawValue: rawValue >> 28) }

    static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
