/// One SQL statement with its bound values.
///
/// Written as a literal, each `\(value)` becomes `$1`, `$2`, …; no value is ever pasted into the text.
package struct Query: Sendable, ExpressibleByStringInterpolation {
    struct Parameter: Sendable {
        let oid: UInt32
        /// Where the value lies in `values`; nil is SQL null.
        let range: Range<Int>?
        /// Where its `$n` begins in the text, in bytes of UTF-8.
        let position: Int
    }

    package let sql: String
    let parameters: [Parameter]
    /// The binary forms of all parameters, one after the other, so that libpq gets pointers into one buffer.
    ///
    /// Behind a first byte that belongs to none: of an empty buffer there is no pointer, and libpq takes none for null.
    let values: [UInt8]

    package init(stringLiteral value: StaticString) {
        sql = "\(value)"
        parameters = []
        values = [0]
    }

    /// A statement read from one of our own files.
    ///
    /// Anything that came from outside must be bound instead.
    package init(unescapedTextOfOurOwn sql: String) {
        self.sql = sql
        parameters = []
        values = [0]
    }

    package init(stringInterpolation: StringInterpolation) {
        sql = stringInterpolation.sql
        parameters = stringInterpolation.parameters
        values = stringInterpolation.values
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var sql = ""
        var parameters: [Parameter] = []
        var values: [UInt8] = [0]

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + 4 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            literal.withUTF8Buffer { sql += String(decoding: $0, as: UTF8.self) }
        }

        package mutating func appendInterpolation(_ value: some SQLValue) {
            bind(oid: type(of: value).oid) { value.appendBinary(to: &$0) }
        }

        package mutating func appendInterpolation<Value: SQLValue>(_ value: Value?) {
            if let value {
                appendInterpolation(value)
            } else {
                bindNull(oid: Value.oid)
            }
        }

        /// Binds an array of the element's type; `unnest` turns such arrays into rows.
        package mutating func appendInterpolation<Value: SQLValue>(_ values: [Value]) {
            bind(oid: Value.arrayOID) { bytes in
                // A batch of payloads is large: room for all at once, not by growing and copying again and again.
                bytes.reserveCapacity(bytes.count + 20 + values.reduce(0) { $0 + 4 + $1.binarySize })
                Self.appendArrayHead(count: values.count, hasNull: false, element: Value.oid, to: &bytes)
                for value in values { Self.appendSized(to: &bytes) { value.appendBinary(to: &$0) } }
            }
        }

        package mutating func appendInterpolation<Value: SQLValue>(_ values: [Value?]) {
            bind(oid: Value.arrayOID) { bytes in
                Self.appendArrayHead(count: values.count, hasNull: true, element: Value.oid, to: &bytes)
                for value in values {
                    if let value {
                        Self.appendSized(to: &bytes) { value.appendBinary(to: &$0) }
                    } else {
                        Int32(-1).appendBigEndian(to: &bytes)
                    }
                }
            }
        }

        /// Puts in the name of a table or column, quoted, with its schema before it where it has one.
        ///
        /// A name cannot be bound. It comes from our own code, never from a delivery.
        package mutating func appendInterpolation(identifier names: String...) {
            sql += names.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ".")
        }

        /// Puts in a piece of SQL that several statements share, together with the values it binds.
        package mutating func appendInterpolation(_ part: Query) {
            let text = part.sql.utf8
            var end = text.startIndex
            for (index, parameter) in part.parameters.enumerated() {
                let start = text.index(text.startIndex, offsetBy: parameter.position)
                sql += part.sql[end..<start]
                end = text.index(start, offsetBy: "$\(index + 1)".utf8.count)
                if let range = parameter.range {
                    bind(oid: parameter.oid) { $0 += part.values[range] }
                } else {
                    bindNull(oid: parameter.oid)
                }
            }
            sql += part.sql[end...]
        }

        private mutating func bind(oid: UInt32, _ append: (inout [UInt8]) -> Void) {
            let start = values.count
            append(&values)
            addParameter(oid: oid, range: start..<values.count)
        }

        private mutating func bindNull(oid: UInt32) { addParameter(oid: oid, range: nil) }

        private mutating func addParameter(oid: UInt32, range: Range<Int>?) {
            parameters.append(Parameter(oid: oid, range: range, position: sql.utf8.count))
            sql += "$\(parameters.count)"
        }

        /// PostgreSQL's binary array: dimensions, null flag, element type, then length and lower bound of the one dimension.
        private static func appendArrayHead(count: Int, hasNull: Bool, element: UInt32, to bytes: inout [UInt8]) {
            Int32(count == 0 ? 0 : 1).appendBigEndian(to: &bytes)
            Int32(hasNull ? 1 : 0).appendBigEndian(to: &bytes)
            element.appendBigEndian(to: &bytes)
            guard count > 0 else { return }
            Int32(count).appendBigEndian(to: &bytes)
            Int32(1).appendBigEndian(to: &bytes)
        }

        private static func appendSized(to bytes: inout [UInt8], _ append: (inout [UInt8]) -> Void) {
            let sizeAt = bytes.count
            Int32(0).appendBigEndian(to: &bytes)
            append(&bytes)
            let size = Int32(bytes.count - sizeAt - 4)
            withUnsafeBytes(of: size.bigEndian) { bytes.replaceSubrange(sizeAt..<sizeAt + 4, with: $0) }
        }
    }
}

extension [Query] {
    /// One piece of SQL made of several, with the values of all.
    package func joined(separator: Query) -> Query {
        guard let first else { return "" }
        return dropFirst().reduce(first) { "\($0)\(separator)\($1)" }
    }
}
