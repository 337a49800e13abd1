import Database

/// The name of a label as GitHub compares it: without regard to case.
///
/// The one rule for it, because PostgreSQL's `lower` depends on the database's locale: each character stands for its
/// lower case by Unicode's table, unless one of the two is ASCII and the other is not. So `É` is `é`, `ß`
/// stays beside `ss`, the Turkish `İ` and `ı` stay beside `i`, and names of ASCII compare only with such.
package struct LabelName: Sendable, Hashable {
    /// The name in lower case.
    ///
    /// By bytes, as PostgreSQL compares: Swift takes `é` and `e` with an accent for equal.
    let bytes: Bytes

    package init(_ name: String) {
        guard !name.utf8.allSatisfy({ $0 < 0x80 }) else {
            // Most are, and each issue brings several.
            bytes = Bytes(name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 })
            return
        }
        var folded = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            folded.append(contentsOf: lower.first?.isASCII == scalar.isASCII ? lower : String(scalar).unicodeScalars)
        }
        bytes = Bytes(Array(String(folded).utf8))
    }

    var text: String { String(decoding: bytes.bytes, as: UTF8.self) }
}
