import Foundation

/// A value that no log line, error or dump may show.
package struct Secret: Sendable, Equatable {
    private let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// The value itself; call this only where it is used, never where something is printed.
    package func reveal() -> String { value }

    /// Whether it is too long to be guessed from a captured signature: at least 20 characters, 8 of them different.
    package var isStrong: Bool { value.count >= 20 && Set(value).count >= 8 }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Environment {
    /// The secrets in a variable, or in a file, one a line, if the name of the variable ends with `_FILE`.
    ///
    /// Only LF and CR LF separate them, and in a variable commas too. Other characters that Unicode counts as line ends
    /// or blanks are part of a secret, as they are on GitHub; spaces and tabs around a secret are not.
    /// - Returns: nil if the variable is not set.
    package func secrets(_ name: String) throws(Problem) -> [Secret]? {
        guard let value = string(name) else { return nil }
        let isFile = name.hasSuffix("_FILE")
        let text: String
        do {
            text = isFile ? try String(wholeFile: value) : value
        } catch {
            throw Problem("\(name) is '\(value)', expected a readable text file")
        }
        let newline = UInt8(ascii: "\n")
        let lines = text.utf8.split { $0 == newline || (!isFile && $0 == UInt8(ascii: ",")) }
        return lines.map { Self.trimmed($0) }.filter { !$0.isEmpty }.map { Secret($0) }
    }

    private static func trimmed(_ line: Substring.UTF8View) -> String {
        var line = line
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let start = line.drop(while: isBlank)
        let length = start.reversed().drop(while: isBlank).count
        return String(decoding: start.prefix(length), as: UTF8.self)
    }
}
