import Base
import Database
import Foundation

extension SecondHistory {
    /// The bytes of the `recent` columns: every feature that occurs, then each delivery with one bit per feature.
    ///
    /// The first delivery takes some 60 bytes, each further one 20.
    var encoded: Bytes {
        let seconds = [newest, before].compactMap(\.self)
        let traces = seconds.flatMap(\.traces)
        let features = Set(traces.flatMap { [$0.after, $0.gained, $0.lost] }.joined()).sorted()
        let places = Dictionary(uniqueKeysWithValues: features.enumerated().map { ($1, $0) })
        var bytes: [UInt8] = [Self.formatVersion]
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        func append(_ state: Trace.State) {
            var bits = [UInt8](repeating: 0, count: (features.count + 7) / 8)
            for place in state.compactMap({ places[$0] }) { bits[place / 8] |= 1 << (place % 8) }
            bytes += bits
        }
        append(UInt16(truncatingIfNeeded: features.count))
        for feature in features { append(feature.rawValue) }
        for second in seconds {
            append(second.time.microseconds)
            append(UInt8(second.traces.count))
            for trace in second.traces {
                withUnsafeBytes(of: trace.eventID.uuid) { bytes.append(contentsOf: $0) }
                append(trace.after)
                append((trace.gained.isEmpty ? 0 : 1 as UInt8) | (trace.lost.isEmpty ? 0 : 2))
                if !trace.gained.isEmpty { append(trace.gained) }
                if !trace.lost.isEmpty { append(trace.lost) }
            }
        }
        return Bytes(bytes)
    }

    private static let formatVersion: UInt8 = 1

    /// Nil when another version of the program wrote the bytes, in another form.
    init?(_ encoded: Bytes) {
        var reader = Reader(encoded.bytes)
        guard reader.take(UInt8.self) == Self.formatVersion, let count = reader.take(UInt16.self) else { return nil }
        var features: [Feature] = []
        for _ in 0..<count {
            guard let value = reader.take(UInt32.self) else { return nil }
            features.append(Feature(rawValue: value))
        }
        var seconds: [Second] = []
        while !reader.isAtEnd, seconds.count < 2 {
            guard let second = Second(&reader, features) else { return nil }
            seconds.append(second)
        }
        self.init(newest: seconds.first, before: seconds.count > 1 ? seconds[1] : nil)
    }
}

/// Reads big-endian numbers from bytes that may end too early.
private struct Reader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func take<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        take(MemoryLayout<Number>.size)?.reduce(0) { $0 << 8 | Number($1) }
    }

    mutating func takeUUID() -> UUID? {
        guard let high = take(UInt64.self), let low = take(UInt64.self) else { return nil }
        return UUID(high: high, low: low)
    }

    mutating func takeState(_ features: [Feature]) -> Trace.State? {
        guard let bits = take((features.count + 7) / 8) else { return nil }
        var state: Trace.State = []
        for (place, feature) in features.enumerated() {
            let byte = bits[bits.startIndex + place / 8]
            if byte >> UInt8(place % 8) & 1 == 1 { state.insert(feature) }
        }
        return state
    }
}

extension Second {
    fileprivate init?(_ reader: inout Reader, _ features: [Feature]) {
        guard let time = reader.take(Int64.self), let count = reader.take(UInt8.self) else { return nil }
        var traces: [Trace] = []
        for _ in 0..<count {
            guard let id = reader.takeUUID(), let after = reader.takeState(features),
                let marks = reader.take(UInt8.self)
            else { return nil }
            let gained = marks & 1 == 0 ? [] : reader.takeState(features)
            let lost = marks & 2 == 0 ? [] : reader.takeState(features)
            guard let gained, let lost else { return nil }
            traces.append(Trace(id, after: after, gained: gained, lost: lost))
        }
        self.init(Timestamp(microseconds: time), traces)
    }
}
