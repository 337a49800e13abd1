import Foundation

/// The host of a URL.
enum WebHost {
    /// Whether `host` is plainly one: a name without Punycode, in letters of any script, or an IPv4 address.
    static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        guard !host.isEmpty, host.count <= 253, host.allSatisfy({ $0 >= 0x80 || isHostByte($0) }) else { return false }
        if host.contains(where: { $0 >= 0x80 }) {
            let scalars = String(decoding: host, as: UTF8.self).unicodeScalars
            guard scalars.allSatisfy({ $0.isASCII || $0.properties.isAlphabetic }) else { return false }
        }
        // Punycode can be malformed in ways that take IDNA tables to see; parsers then refuse the whole URL.
        for index in host.indices where host[index] | 0x20 == UInt8(ascii: "x") {
            let isLabelStart = index == host.startIndex || host[index - 1] == UInt8(ascii: ".")
            if isLabelStart, host[index...].prefix(4).spells("xn--") { return false }
        }
        var last = host
        while last.last == UInt8(ascii: ".") { last.removeLast() }
        guard !last.isEmpty else { return false }
        last = last[(last.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? last.startIndex)...]
        // A host that ends in a number is an IPv4 address or nothing.
        guard last.allSatisfy(\.isDigit) || last.prefix(2).spells("0x") else { return true }
        var address = in_addr()
        return inet_pton(AF_INET, String(decoding: host, as: UTF8.self), &address) == 1
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        byte.isWord || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
