import Base

/// Header fields in the order they came (or will be sent), found by name without regard to case.
///
/// The bytes stay as they arrived and a value becomes a String only when somebody asks for it: a request costs two
/// allocations here, however many fields it has.
package struct HTTPFields: Sendable, ExpressibleByDictionaryLiteral {
    /// Where one field lies in `bytes`.
    struct Slot: Sendable {
        let name: Range<Int32>
        let value: Range<Int32>
    }

    private var bytes: [UInt8]
    private(set) var slots: [Slot]

    /// Fields that lie at `slots` in `bytes`, as the parser found them.
    init(bytes: [UInt8], slots: [Slot]) {
        self.bytes = bytes
        self.slots = slots
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(bytes: [], slots: [])
        for (name, value) in elements { append(name, value) }
    }

    package var count: Int { slots.count }

    /// The value of the first field called `name`, without the blanks around it; bytes that are not UTF-8 are replaced.
    package func first(_ name: String) -> String? {
        var name = name
        return name.withUTF8 { name in
            slots.first { matches($0, name) }.map { String(decoding: value(of: $0), as: UTF8.self) }
        }
    }

    /// The values of all fields called `name`, in order.
    package func all(_ name: String) -> [String] {
        var name = name
        return name.withUTF8 { name in
            slots.filter { matches($0, name) }.map { String(decoding: value(of: $0), as: UTF8.self) }
        }
    }

    /// Adds a field at the end.
    ///
    /// A control byte becomes a space, so that no value can end its line and begin a field or a body of its own.
    package mutating func append(_ name: String, _ value: String) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: name.utf8.lazy.map { HTTPSyntax.isToken($0) ? $0 : UInt8(ascii: "-") })
        let middle = Int32(bytes.count)
        bytes.append(contentsOf: value.utf8.lazy.map { HTTPSyntax.isControl($0) ? HTTPSyntax.space : $0 })
        slots.append(Slot(name: start..<middle, value: middle..<Int32(bytes.count)))
    }

    func name(of slot: Slot) -> ArraySlice<UInt8> { bytes[Int(slot.name.lowerBound)..<Int(slot.name.upperBound)] }

    func value(of slot: Slot) -> ArraySlice<UInt8> { bytes[Int(slot.value.lowerBound)..<Int(slot.value.upperBound)] }

    private func matches(_ slot: Slot, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard slot.name.count == name.count else { return false }
        let start = Int(slot.name.lowerBound)
        return name.indices.allSatisfy {
            bytes[start + $0].lowercased == name[$0].lowercased
        }
    }
}
