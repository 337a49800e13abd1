import CMarkdown

/// Runs md4c over a source and hands what it finds to a `MarkdownRenderer`.
enum MarkdownParser {
    /// What follows the source in memory; md4c is told of the line end only.
    ///
    /// md4c 0.4.8 reads a few bytes past its input (`[](` at the end is enough), and what it finds there has made it
    /// crash. With a last line that ends, and zeros behind it, it stays inside.
    private static let padding = [0x0A] + [UInt8](repeating: 0, count: 64)

    /// The rendered HTML (empty when nothing shows), or nil when a limit was passed or md4c failed.
    static func html(_ source: [UInt8], links: LinkResolver) -> [UInt8]? {
        let text = TableDelimiters.lengthened(source) + padding
        guard let size = MD_SIZE(exactly: text.count - padding.count + 1) else { return nil }
        var renderer = MarkdownRenderer(links: links)
        var parser = MD_PARSER()
        parser.flags = UInt32(MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS)
        if !AutolinkCost.isTooHigh(source) {
            parser.flags |= UInt32(
                MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_PERMISSIVEEMAILAUTOLINKS | MD_FLAG_PERMISSIVEWWWAUTOLINKS
            )
        }
        parser.enter_block = { type, detail, user in withRenderer(user) { $0.enter(block: type, detail) } }
        parser.leave_block = { type, _, user in withRenderer(user) { $0.leave(block: type) } }
        parser.enter_span = { type, detail, user in withRenderer(user) { $0.enter(span: type, detail) } }
        parser.leave_span = { type, _, user in withRenderer(user) { $0.leave(span: type) } }
        parser.text = { type, text, size, user in
            withRenderer(user) {
                $0.text(type, UnsafeRawBufferPointer(start: text, count: Int(size)))
            }
        }
        let status = text.withUnsafeBytes { bytes in
            withUnsafeMutablePointer(to: &renderer) { pointer in
                md_parse(bytes.baseAddress?.assumingMemoryBound(to: MD_CHAR.self), size, &parser, pointer)
            }
        }
        return status == 0 ? renderer.output : nil
    }
}

/// Applies `body` to the renderer behind md4c's user data; not 0 stops the parse.
private func withRenderer(_ user: UnsafeMutableRawPointer?, _ body: (inout MarkdownRenderer) -> Void) -> Int32 {
    guard let renderer = user?.assumingMemoryBound(to: MarkdownRenderer.self) else { return 1 }
    body(&renderer.pointee)
    return renderer.pointee.isWithinLimits ? 0 : 1
}
