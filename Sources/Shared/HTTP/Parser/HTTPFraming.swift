import Base

/// What the header fields say about the body and about the connection.
///
/// One reading, or none: whatever two recipients could understand differently is refused (RFC 9112, 6 and 11.2).
struct HTTPFraming: Sendable, Equatable {
    enum Body: Sendable, Equatable {
        case none
        case fixed(Int)
        case chunked
    }

    private(set) var body = Body.none
    private(set) var expectsContinue = false
    private(set) var wantsClose: Bool

    private var hosts = 0

    init(version: HTTPVersion, fields: HTTPFields) throws(HTTPRefusal) {
        // HTTP/1.0 has no persistent connections of its own, and its keep-alive breaks behind old proxies.
        wantsClose = version == .http10
        for slot in fields.slots {
            let name = fields.name(of: slot)
            let value = fields.value(of: slot)
            switch name.count {
            case 4 where name.spells("host"): try readHost(value)
            case 6 where name.spells("expect"): try readExpect(value, version: version)
            case 10 where name.spells("connection"): readConnection(value)
            case 14 where name.spells("content-length"): try readLength(value)
            case 16 where name.spells("content-encoding"):
                guard value.spells("identity") else { throw .contentEncoding }
            case 17 where name.spells("transfer-encoding"): try readEncoding(value, version: version)
            default: break
            }
        }
        guard hosts == 1 || (hosts == 0 && version == .http10) else { throw .host }
    }

    private mutating func readHost(_ value: ArraySlice<UInt8>) throws(HTTPRefusal) {
        hosts += 1
        guard HTTPSyntax.isAuthority(value) else { throw .host }
    }

    private mutating func readExpect(_ value: ArraySlice<UInt8>, version: HTTPVersion) throws(HTTPRefusal) {
        guard value.spells("100-continue") else { throw .expectation }
        expectsContinue = version == .http11
    }

    private mutating func readConnection(_ value: ArraySlice<UInt8>) {
        let options = value.split(separator: UInt8(ascii: ","))
        if options.contains(where: { HTTPSyntax.trimmed($0).spells("close") }) { wantsClose = true }
    }

    private mutating func readLength(_ value: ArraySlice<UInt8>) throws(HTTPRefusal) {
        switch body {
        case .none: break
        case .fixed: throw .contentLength
        case .chunked: throw .lengthAndEncoding
        }
        // 18 digits always fit an Int; nothing that long is ever allowed to arrive.
        guard (1...18).contains(value.count), value.allSatisfy(\.isDigit) else { throw .contentLength }
        body = .fixed(value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
    }

    private mutating func readEncoding(_ value: ArraySlice<UInt8>, version: HTTPVersion) throws(HTTPRefusal) {
        switch body {
        case .none: break
        case .fixed: throw .lengthAndEncoding
        case .chunked: throw .transferEncoding
        }
        guard version == .http11, !value.isEmpty else { throw .transferEncoding }
        guard value.spells("chunked") else {
            throw value.allSatisfy(HTTPSyntax.isToken) ? .unknownTransferEncoding : .transferEncoding
        }
        body = .chunked
    }
}
