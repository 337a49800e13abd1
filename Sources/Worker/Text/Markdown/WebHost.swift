import Base
import Foundation

/// The host of a URL.
enum WebHost {
    /// Whether `host` is plainly one: a name without Punycode, in letters of any script, an IPv4 address, or an IPv6
    /// address in brackets.
    static func isHost(_ host: ArraySlice<UInt8>) -> Bool {
        if host.first == UInt8(ascii: "[") { return isIPv6(host) }
        guard !host.isEmpty, host.count <= 253, host.allSatisfy({ $0 >= 0x80 || isHostByte($0) }) else { return false }
        if host.contains(where: { $0 >= 0x80 }) {
            let scalars = String(decoding: host, as: UTF8.self).unicodeScalars
            guard scalars.allSatisfy(isInName), scalars.first.map({ $0.properties.generalCategory.isMark }) != true
            else {
                return false
            }
        }
        // Punycode can be malformed in ways that take IDNA tables to see; parsers then refuse the whole URL.
        for index in host.indices where host[index] | 0x20 == UInt8(ascii: "x") {
            let isLabelStart = index == host.startIndex || host[index - 1] == UInt8(ascii: ".")
            if isLabelStart, host[index...].prefix(4).spells("xn--") { return false }
        }
        var last = host
        while last.last == UInt8(ascii: ".") { last.removeLast() }
        guard last.contains(where: { $0.isAlphanumeric || $0 >= 0x80 }) else { return false }
        last = last[(last.lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? last.startIndex)...]
        // A host that ends in a number is an IPv4 address or nothing.
        guard last.allSatisfy(\.isDigit) || last.prefix(2).spells("0x") else { return true }
        var address = in_addr()
        return inet_pton(AF_INET, String(decoding: host, as: UTF8.self), &address) == 1
    }

    private static func isIPv6(_ host: ArraySlice<UInt8>) -> Bool {
        let text = host.dropFirst().dropLast()
        guard host.last == UInt8(ascii: "]"), text.count <= 45,
            text.allSatisfy({ $0.isHexDigit || ":.".utf8.contains($0) })
        else { return false }
        var address = in6_addr()
        return inet_pton(AF_INET6, String(decoding: text, as: UTF8.self), &address) == 1
    }

    /// Letters, and the marks that belong to them in Indian and other scripts.
    static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII || scalar.properties.isAlphabetic || scalar.properties.generalCategory.isMark
    }

    static func isHostByte(_ byte: UInt8) -> Bool {
        byte.isWord || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isMark: Bool { self == .nonspacingMark || self == .spacingMark }
}
