import Base
import Database

/// The name of a label, compared without regard to case, as on GitHub.
///
/// PostgreSQL's `lower` depends on the locale of the database, so this is the only rule for it: each character stands
/// for its lower case in Unicode's table, unless exactly one of the two is ASCII. So `É` equals `é`, but `ß` does not
/// equal `ss`, the Turkish `İ` and `ı` do not equal `i`, and ASCII names equal only ASCII names.
package struct LabelName: Sendable, Hashable {
    /// The name in lower case.
    ///
    /// It is compared by bytes, as in PostgreSQL: a Swift string takes `é` and `e` with a combining accent for equal.
    let bytes: Bytes

    package init(_ name: String) {
        guard !name.utf8.allSatisfy({ $0 < 0x80 }) else {
            // A fast way for most names, because each issue brings several.
            bytes = Bytes(name.utf8.map(\.lowercased))
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
