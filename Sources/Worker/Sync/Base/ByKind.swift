/// A value with nothing in it yet.
protocol Emptiable {
    init()
}

extension Array: Emptiable {}
extension Dictionary: Emptiable {}

/// One value for each kind of object, which is empty until it is set.
///
/// The values of one `ByKind` all have the same role, and its owner knows their types.
struct ByKind: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    init() {}

    init(_ values: [(kind: ObjectIdentifier, value: any Sendable)]) {
        self.values = Dictionary(values.map { ($0.kind, $0.value) }) { $1 }
    }

    subscript<Value: Sendable & Emptiable>(_ kind: (some Snapshot).Type, as type: Value.Type = Value.self) -> Value {
        get { values[ObjectIdentifier(kind)] as? Value ?? Value() }
        _modify {
            let kind = ObjectIdentifier(kind)
            // The value is taken out while it changes, because a second reference to its storage would copy it.
            var value = values.removeValue(forKey: kind) as? Value ?? Value()
            defer { values[kind] = value }
            yield &value
        }
    }
}
