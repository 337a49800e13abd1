import Base
import Glibc

/// An IPv4 or IPv6 address; IPv4 mapped into IPv6, as dual-stack sockets report it, counts as IPv4.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// The 128 bits of the address, an IPv4 one mapped (`::ffff:a.b.c.d`).
    let high: UInt64
    let low: UInt64

    private static let mapped: UInt64 = 0xFFFF_0000_0000

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(_ address: in_addr) {
        self.init(high: 0, low: Self.mapped | UInt64(UInt32(bigEndian: address.s_addr)))
    }

    init(_ address: in6_addr) {
        let words = withUnsafeBytes(of: address) { raw in
            (raw.load(as: UInt64.self), raw.load(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
    }

    /// Reads a numeric address without port, brackets or zone; nil when it is none.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(four)
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(six)
        } else {
            return nil
        }
    }

    /// Reads what `accept` stored; nil for other families.
    init?(_ storage: sockaddr_storage) {
        let address: IPAddress? = withUnsafeBytes(of: storage) { raw in
            switch Int32(storage.ss_family) {
            case AF_INET: IPAddress(raw.loadUnaligned(as: sockaddr_in.self).sin_addr)
            case AF_INET6: IPAddress(raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
            default: nil
            }
        }
        guard let address else { return nil }
        self = address
    }

    package var isIPv4: Bool { high == 0 && low >> 32 == Self.mapped >> 32 }

    /// Whom a limit per address counts: an IPv4 address, or the /64 that one IPv6 host commands.
    package var countedAs: IPAddress { isIPv4 ? self : IPAddress(high: high, low: 0) }

    package var description: String {
        var text = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isIPv4 {
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: low).bigEndian)
            text.withUnsafeMutableBytes { buffer in
                _ = inet_ntop(AF_INET, &address, buffer.baseAddress, socklen_t(buffer.count))
            }
        } else {
            var words = (high.bigEndian, low.bigEndian)
            text.withUnsafeMutableBytes { buffer in
                _ = inet_ntop(AF_INET6, &words, buffer.baseAddress, socklen_t(buffer.count))
            }
        }
        return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// A range of addresses in CIDR notation, such as `10.0.0.0/8` or `fd00::/8`; an address alone is a range of one.
package struct IPNetwork: Sendable, Hashable {
    private let address: IPAddress
    private let highMask: UInt64
    private let lowMask: UInt64

    /// Reads `text`; bits set beyond the prefix are an error, since one of the two must then be a slip.
    package init(_ text: String) throws(AddressProblem) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { throw AddressProblem(text, expected: Self.expected) }
        var length = 128
        if parts.count == 2 {
            let width = address.isIPv4 ? 32 : 128
            guard parts[1].utf8.allSatisfy(\.isDigit), let prefix = Int(parts[1]), prefix <= width else {
                throw AddressProblem(text, expected: Self.expected)
            }
            length = 128 - width + prefix
        }
        highMask = Self.mask(min(length, 64))
        lowMask = Self.mask(max(length - 64, 0))
        guard address.high & ~highMask == 0, address.low & ~lowMask == 0 else {
            throw AddressProblem(text, expected: "no bits set beyond the prefix length")
        }
        self.address = address
    }

    /// Reads ranges separated by commas, blanks or both; an empty text is no range.
    package static func list(_ text: String) throws(AddressProblem) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            networks.append(try IPNetwork(String(part)))
        }
        return networks
    }

    package func contains(_ other: IPAddress) -> Bool {
        other.high & highMask == address.high && other.low & lowMask == address.low
    }

    private static let expected = "an address or a range like 10.0.0.0/8 or fd00::/8"

    /// 64 bits with the first `length` set.
    private static func mask(_ length: Int) -> UInt64 { length == 0 ? 0 : ~0 << UInt64(64 - length) }
}

/// A text that is no address of the kind expected.
package struct AddressProblem: Error, Equatable, CustomStringConvertible {
    package let text: String
    package let expected: String

    init(_ text: String, expected: String) {
        self.text = text
        self.expected = expected
    }

    package var description: String { "'\(text)' is not a valid address, expected \(expected)" }
}
