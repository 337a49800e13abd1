import Base
import Foundation

/// The scheme of a URL: what stands before its first colon.
enum URLScheme: String {
    case http, https, mailto, tel, other

    /// The scheme that a browser would find in `url`, or nil; it ignores white space and control characters.
    init?(of url: ArraySlice<UInt8>) {
        guard let colon = url.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = url[..<colon].filter { !$0.isControl && !$0.isSpace }
        guard let first = name.first, first.isLetter, name.allSatisfy(Self.isInName) else { return nil }
        self = Self(rawValue: String(decoding: name.map(\.lowercased), as: UTF8.self)) ?? .other
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}

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
        // Malformed Punycode can be recognized only with IDNA tables, and parsers refuse a URL that has it.
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

/// The path of a URL without scheme and host, up to `?` or `#`.
enum URLPath {
    /// `url` without `.` and `..` in its path, as browsers make it before they ask for it; `%2e` counts as a dot.
    ///
    /// There is no way out of the root.
    static func normalized(_ url: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let path = path(of: url)
        let parts = path.split(separator: slash, omittingEmptySubsequences: false)
        guard parts.contains(where: { dots(in: $0) != nil }) else { return url }
        var kept: [ArraySlice<UInt8>] = []
        for (index, part) in parts.enumerated() {
            guard let count = dots(in: part) else {
                kept.append(part)
                continue
            }
            if count == 2, kept.count > 1 { kept.removeLast() }
            // What ends with dots is a folder.
            if index == parts.count - 1 { kept.append([]) }
        }
        return (Array(kept.joined(separator: [slash])) + url[path.endIndex...])[...]
    }

    /// Whether a relative URL begins with `..`, perhaps behind `.`.
    static func leavesStart(_ url: ArraySlice<UInt8>) -> Bool {
        for part in path(of: url).split(separator: slash) {
            switch dots(in: part) {
            case 1: continue
            case 2: return true
            default: return false
            }
        }
        return false
    }

    private static let slash = UInt8(ascii: "/")

    private static func path(of url: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        url.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    }

    /// The number of dots that `part` consists of, one or two, or nil.
    private static func dots(in part: ArraySlice<UInt8>) -> Int? {
        guard (1...6).contains(part.count) else { return nil }
        var rest = part
        var count = 0
        while !rest.isEmpty {
            if rest.first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
            } else if rest.prefix(3).spells("%2e") {
                rest = rest.dropFirst(3)
            } else {
                return nil
            }
            count += 1
        }
        return count <= 2 ? count : nil
    }
}
