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
            guard parts[1].utf8.allSatisfy(HTTPSyntax.isDigit), let prefix = Int(parts[1]), prefix <= width else {
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
