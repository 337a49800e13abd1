/// Takes a `text/event-stream` apart as it comes (WHATWG HTML, section 9.2.6), as far as MCP uses it.
///
/// An event counts only with the blank line behind it: a stream that ends before may have lost a part of it.
struct EventStream {
    private var line: [UInt8] = []
    private var data: [UInt8]?
    private var isMessage = true
    private var isFirstLine = true
    private var isAfterReturn = false

    /// Takes the next bytes.
    /// - Returns: the data of the messages that are whole by now; events of other names have no meaning in MCP.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for byte in bytes {
            defer { isAfterReturn = byte == UInt8(ascii: "\r") }
            // CR LF is one end of a line.
            if byte == UInt8(ascii: "\n"), isAfterReturn { continue }
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                line.append(byte)
                continue
            }
            if let message = endLine() { messages.append(message) }
        }
        return messages
    }

    private mutating func endLine() -> [UInt8]? {
        var line = line[...]
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        isFirstLine = false
        defer { self.line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return dispatch() }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        var value = line.dropFirst(name.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A comment has an empty name.
        if name.elementsEqual("data".utf8) {
            data = data.map { $0 + [UInt8(ascii: "\n")] + value } ?? Array(value)
        } else if name.elementsEqual("event".utf8) {
            isMessage = value.isEmpty || value.elementsEqual("message".utf8)
        }
        return nil
    }

    private mutating func dispatch() -> [UInt8]? {
        defer {
            data = nil
            isMessage = true
        }
        guard isMessage, let data, !data.isEmpty else { return nil }
        return data
    }
}
