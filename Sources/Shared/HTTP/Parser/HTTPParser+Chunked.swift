import Base

extension HTTPParser {
    /// Where in a chunk the input stands (RFC 9112, 7.1).
    enum Chunk: Sendable {
        case size(digits: Int, value: UInt64)
        case extensions(size: UInt64)
        case sizeLineFeed(size: UInt64)
        case data(remaining: Int)
        case dataReturn
        case dataLineFeed
    }

    /// Reads on in `chunk`; the range of input that is data, if that is what came.
    mutating func read(
        _ chunk: Chunk,
        _ input: Span<UInt8>,
        _ offset: inout Int
    ) throws(HTTPRefusal) -> Range<Int>? {
        if case .data(let remaining) = chunk {
            let range = offset..<(offset + min(remaining, input.count - offset))
            state = .chunk(range.count == remaining ? .dataReturn : .data(remaining: remaining - range.count))
            offset = range.upperBound
            return range
        }
        let byte = input[offset]
        offset += 1
        switch chunk {
        case .size(let digits, let value):
            state = .chunk(try Self.afterSize(byte, digits: digits, value: value))
        case .extensions(let size):
            if byte == HTTPSyntax.carriageReturn {
                state = .chunk(.sizeLineFeed(size: size))
            } else {
                guard !HTTPSyntax.isControl(byte) else { throw .chunk }
                extensionsLeft -= 1
                guard extensionsLeft >= 0 else { throw .chunkExtensions }
            }
        case .sizeLineFeed(let size):
            guard byte == HTTPSyntax.lineFeed else { throw .chunk }
            try begin(size)
        case .dataReturn:
            guard byte == HTTPSyntax.carriageReturn else { throw .chunk }
            state = .chunk(.dataLineFeed)
        case .dataLineFeed:
            guard byte == HTTPSyntax.lineFeed else { throw .chunk }
            state = .chunk(.size(digits: 0, value: 0))
        case .data:
            break  // taken above, where the input is not read by the byte
        }
        return nil
    }

    /// Reads one line of the trailer and drops it; false when it has not come whole.
    mutating func readTrailer(_ input: Span<UInt8>, _ offset: inout Int) throws(HTTPRefusal) -> Bool {
        guard try readLine(input, &offset, limit: trailersLeft, orElse: .trailersTooLarge) else { return false }
        trailersLeft -= bytes.count
        let line = 0..<(bytes.count - 2)
        if line.isEmpty {
            state = .body(remaining: 0)
        } else {
            _ = try Self.field(bytes, line)
        }
        bytes.removeAll(keepingCapacity: true)
        return true
    }

    /// Plain hexadecimal digits, 1 to 16 of them: no sign, no prefix, no blank.
    private static func afterSize(_ byte: UInt8, digits: Int, value: UInt64) throws(HTTPRefusal) -> Chunk {
        if let digit = byte.hexValue {
            guard digits < 16 else { throw .chunk }
            return .size(digits: digits + 1, value: value << 4 | UInt64(digit))
        }
        guard digits > 0 else { throw .chunk }
        switch byte {
        case HTTPSyntax.carriageReturn: return .sizeLineFeed(size: value)
        case UInt8(ascii: ";"): return .extensions(size: value)
        default: throw .chunk
        }
    }

    /// Begins a chunk of `size` bytes, which must fit what is left of the limit before any of them is taken.
    private mutating func begin(_ size: UInt64) throws(HTTPRefusal) {
        guard size > 0 else {
            state = .trailers
            return
        }
        guard size <= UInt64(max(bodyLeft, 0)) else { throw .bodyTooLarge }
        bodyLeft -= Int(size)
        state = .chunk(.data(remaining: Int(size)))
    }
}
