import CMarkdown

/// Runs md4c over a source and hands what it finds to a `MarkdownHandler`.
enum MarkdownParser {
    /// What follows the source in memory; md4c is told of the line end only.
    ///
    /// md4c 0.4.8 reads a few bytes past its input (`[](` at the end is enough), and what it finds there has made it
    /// crash. With a last line that ends, and zeros behind it, it stays inside.
    private static let padding = [0x0A] + [UInt8](repeating: 0, count: 64)

    /// Reads all of `source`; false when the handler's limits were passed or md4c failed.
    static func read<Handler: MarkdownHandler>(_ source: [UInt8], with handler: inout Handler) -> Bool {
        let text = TableDelimiters.lengthened(source) + padding
        guard let size = MD_SIZE(exactly: text.count - padding.count + 1) else { return false }
        // C's functions cannot know a type parameter.
        var reading: any MarkdownHandler = handler
        var parser = MD_PARSER()
        parser.flags = UInt32(MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS)
        if !AutolinkCost.isTooHigh(source) {
            parser.flags |= UInt32(
                MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_PERMISSIVEEMAILAUTOLINKS | MD_FLAG_PERMISSIVEWWWAUTOLINKS
            )
        }
        parser.enter_block = { type, detail, user in withHandler(user) { $0.enter(block: type, detail) } }
        parser.leave_block = { type, _, user in withHandler(user) { $0.leave(block: type) } }
        parser.enter_span = { type, detail, user in withHandler(user) { $0.enter(span: type, detail) } }
        parser.leave_span = { type, _, user in withHandler(user) { $0.leave(span: type) } }
        parser.text = { type, text, size, user in
            withHandler(user) {
                $0.text(type, UnsafeRawBufferPointer(start: text, count: Int(size)))
            }
        }
        let status = text.withUnsafeBytes { bytes in
            withUnsafeMutablePointer(to: &reading) { pointer in
                md_parse(bytes.baseAddress?.assumingMemoryBound(to: MD_CHAR.self), size, &parser, pointer)
            }
        }
        if let read = reading as? Handler { handler = read }
        return status == 0
    }
}

/// Applies `body` to the handler behind md4c's user data; not 0 stops the parse.
private func withHandler(_ user: UnsafeMutableRawPointer?, _ body: (inout any MarkdownHandler) -> Void) -> Int32 {
    guard let handler = user?.assumingMemoryBound(to: (any MarkdownHandler).self) else { return 1 }
    body(&handler.pointee)
    return handler.pointee.isWithinLimits ? 0 : 1
}
