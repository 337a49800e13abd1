/// The path at the start of a URL without its host, up to `?` or `#`.
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
