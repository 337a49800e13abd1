/// Tables of characters that have names, as the sources of this program hold them.
enum NamedCharacters {
    /// The UTF-8 bytes by name; `list` holds `name=scalars in hex,…` with white space between.
    static func values(in list: String) -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        for pair in list.split(whereSeparator: \.isWhitespace) {
            let halves = pair.split(separator: "=")
            let scalars = halves[1].split(separator: ",").compactMap {
                UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
            }
            values[String(halves[0])] = Array(String(String.UnicodeScalarView(scalars)).utf8)
        }
        return values
    }
}
