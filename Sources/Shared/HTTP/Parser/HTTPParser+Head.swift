extension HTTPParser {
    /// Reads up to the end of the request line; false when it has not come whole.
    mutating func readRequestLine(_ input: Span<UInt8>, _ offset: inout Int) throws(HTTPRefusal) -> Bool {
        if bytes.capacity == 0 { bytes.reserveCapacity(1024) }
        guard try readLine(input, &offset, limit: limits.requestLineBytes, orElse: .targetTooLong) else { return false }
        let line = bytes[..<(bytes.count - 2)]
        guard line.isEmpty else {
            requestLine = try HTTPRequestLine(line)
            lineStart = bytes.count
            state = .fields
            return true
        }
        // One empty line before a request is forgiven: old clients send it after a body (RFC 9112, 2.2).
        guard !skippedBlankLine else { throw .requestLine }
        skippedBlankLine = true
        bytes.removeAll(keepingCapacity: true)
        return true
    }

    /// Reads one field or the empty line that ends them; false when it has not come whole.
    mutating func readField(_ input: Span<UInt8>, _ offset: inout Int) throws(HTTPRefusal) -> Bool {
        let limit = limits.headBytes - lineStart
        guard try readLine(input, &offset, limit: limit, orElse: .headTooLarge) else { return false }
        let line = lineStart..<(bytes.count - 2)
        lineStart = bytes.count
        if line.isEmpty {
            state = .headEnd
            return true
        }
        guard slots.count < limits.fields else { throw .tooManyFields }
        if slots.capacity == 0 { slots.reserveCapacity(24) }
        slots.append(try Self.field(bytes, line))
        return true
    }

    /// The finished head; sets the state in which its body is read.
    mutating func takeHead() throws(HTTPRefusal) -> HTTPRequestHead {
        guard let line = requestLine else { throw .requestLine }
        let fields = HTTPFields(bytes: bytes, slots: slots)
        bytes = []
        slots = []
        lineStart = 0
        requestLine = nil
        skippedBlankLine = false
        let framing = try HTTPFraming(version: line.version, fields: fields)
        var length: Int?
        bodyLeft = 0
        switch framing.body {
        case .none, .fixed(0):
            state = .requestLine
        case .fixed(let count):
            state = .body(remaining: count)
        case .chunked:
            state = .chunk(.size(digits: 0, value: 0))
            extensionsLeft = limits.chunkExtensionBytes
            trailersLeft = limits.trailerBytes
        }
        if case .fixed(let count) = framing.body { length = count }
        return HTTPRequestHead(
            method: line.method,
            target: line.target,
            path: line.path,
            query: line.query,
            version: line.version,
            fields: fields,
            contentLength: length,
            peer: peer,
            client: peer,
            framing: framing
        )
    }

    /// Moves input to `bytes` up to the CRLF that ends the current line; false when it is not there yet.
    ///
    /// A line of `limit` bytes without its end is refused as `problem`: nothing longer is ever held.
    mutating func readLine(
        _ input: Span<UInt8>,
        _ offset: inout Int,
        limit: Int,
        orElse problem: HTTPRefusal
    ) throws(HTTPRefusal) -> Bool {
        let room = limit - (bytes.count - lineStart)
        let end = min(input.count, offset + room)
        var index = offset
        var afterReturn = bytes.count > lineStart && bytes[bytes.count - 1] == HTTPSyntax.carriageReturn
        var isComplete = false
        while index < end, !isComplete {
            let byte = input[index]
            index += 1
            if afterReturn {
                guard byte == HTTPSyntax.lineFeed else { throw .lineEnding }
                isComplete = true
            } else if byte == HTTPSyntax.carriageReturn {
                afterReturn = true
            } else if HTTPSyntax.isControl(byte) {
                throw byte == HTTPSyntax.lineFeed ? .lineEnding : .controlByte
            }
        }
        if index > offset {
            input.extracting(offset..<index).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        }
        let isFull = index - offset == room
        offset = index
        if !isComplete, isFull { throw problem }
        return isComplete
    }

    /// Where name and value lie in `line` of `bytes`.
    static func field(_ bytes: [UInt8], _ line: Range<Int>) throws(HTTPRefusal) -> HTTPFields.Slot {
        guard !HTTPSyntax.isBlank(bytes[line.lowerBound]) else { throw .foldedField }
        var colon = line.lowerBound
        while colon < line.upperBound, HTTPSyntax.isToken(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else { throw .field }
        var start = colon + 1
        var end = line.upperBound
        while start < end, HTTPSyntax.isBlank(bytes[start]) { start += 1 }
        while end > start, HTTPSyntax.isBlank(bytes[end - 1]) { end -= 1 }
        return HTTPFields.Slot(
            name: Int32(line.lowerBound)..<Int32(colon),
            value: Int32(start)..<Int32(end)
        )
    }
}
