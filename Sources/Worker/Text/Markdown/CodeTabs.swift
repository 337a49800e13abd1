/// The tabs that indent lines of code, which md4c would turn into spaces.
enum CodeTabs {
    /// `source` with such tabs shielded, in code between fences that stand at the start of their lines.
    ///
    /// Elsewhere a tab may belong to the indentation of a list.
    static func shielded(_ source: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(source.count + 64)
        var fence: CodeFence?
        var start = 0
        while start < source.count {
            let end = source[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? source.count
            let line = source[start..<end]
            start = end
            guard let open = fence else {
                fence = CodeFence(opening: line)
                output.append(contentsOf: line)
                continue
            }
            let text = line.drop { $0 == 0x20 || $0 == 0x09 }
            if open.isClosed(by: text) { fence = nil }
            for byte in line[..<text.startIndex] {
                if byte == 0x09, fence != nil {
                    output.append(contentsOf: Shield.tab)
                } else {
                    output.append(byte)
                }
            }
            output.append(contentsOf: text)
        }
        return output
    }
}
