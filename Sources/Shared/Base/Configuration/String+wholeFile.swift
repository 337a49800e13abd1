import Foundation

extension String {
    /// Reads a file to its end, as text in UTF-8.
    ///
    /// Foundation's own way ends with the first read where the file has no size, as those below /proc and pipes have none.
    /// - Throws: why it cannot be read, or that it is no such text.
    package init(wholeFile path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        guard let text = String(validating: try file.readToEnd() ?? Data(), as: UTF8.self) else {
            throw CocoaError(.fileReadInapplicableStringEncoding, userInfo: [NSFilePathErrorKey: path])
        }
        self = text
    }
}
