import Foundation

/// How many cells a terminal has.
struct ScreenSize: Sendable, Equatable {
    var columns: Int
    var rows: Int

    /// Of the terminal that is open there, at most `limit` columns; nil when there is none.
    ///
    /// One that does not know its size counts as 80 by 24.
    static func ofTerminal(_ descriptor: Int32, columns limit: Int?) -> ScreenSize? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        let columns = isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
        let rows = isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24
        return ScreenSize(columns: min(columns, limit ?? columns), rows: rows)
    }
}
