import Base

/// The head of an answer, line by line as libcurl hands it over.
///
/// Interim heads (status 1xx) may come before it, and trailers behind the body; neither counts.
struct HTTPHead {
    /// 0 before there is any.
    private(set) var status = 0
    private(set) var fields = AnswerFields()
    private var isOpen = false

    /// Whether all of it is here.
    ///
    /// libcurl takes a connection that ends within the head for the end of an answer.
    var isWhole: Bool { !isOpen && status >= 200 }

    /// Takes the next line with its end.
    mutating func receive(_ line: UnsafeRawBufferPointer) {
        guard !isWhole else { return }
        let line = line[...].withoutEnd
        if !isOpen {
            let code = line.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first
            status = code.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
            fields = AnswerFields()
            isOpen = true
        } else if line.isEmpty {
            isOpen = false
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let value = line[line.index(after: colon)...].trimmed
            // A value may be sent back to the server, or stored.
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else { return }
            fields.add(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var withoutEnd: Self {
        let text = last == UInt8(ascii: "\n") ? dropLast() : self
        return text.last == UInt8(ascii: "\r") ? text.dropLast() : text
    }

    /// Without spaces and tabs around it.
    fileprivate var trimmed: Self {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let end = lastIndex { !isBlank($0) }.map { index(after: $0) } ?? startIndex
        return self[..<end].drop(while: isBlank)
    }
}
