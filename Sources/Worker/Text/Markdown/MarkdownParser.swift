import CMarkdown

/// Receives the pieces of a Markdown source, in their order.
protocol MarkdownHandler {
    /// False when the parser must stop.
    var isWithinLimits: Bool { get }

    mutating func enter(block: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?)
    mutating func leave(block: MD_BLOCKTYPE)
    mutating func enter(span: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?)
    mutating func leave(span: MD_SPANTYPE)
    mutating func text(_ type: MD_TEXTTYPE, _ text: UnsafeRawBufferPointer)
}

/// Runs md4c over a source and hands what it finds to a `MarkdownHandler`.
enum MarkdownParser {
    /// What follows the source in memory; the length that md4c gets includes only the line end.
    ///
    /// md4c 0.4.8 reads a few bytes past its input (`[](` at the end is enough) and has crashed on what it found there.
    /// A line end and zeros behind the source keep it inside.
    private static let padding = [0x0A] + [UInt8](repeating: 0, count: 64)

    /// Reads all of `source`; false if that would take too long, exceeded the handler's limits, or if md4c failed.
    static func read<Handler: MarkdownHandler>(_ source: MarkdownSource, with handler: inout Handler) -> Bool {
        guard !MarkdownCost.isTooHigh(source.bytes) else { return false }
        let text = source.bytes + padding
        guard let size = MD_SIZE(exactly: text.count - padding.count + 1) else { return false }
        var parser = MD_PARSER()
        parser.flags = UInt32(MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS)
        parser.enter_block = { type, detail, user in status(user) { $0.pointee.enterBlock(type, detail) } }
        parser.leave_block = { type, _, user in status(user) { $0.pointee.leaveBlock(type) } }
        parser.enter_span = { type, detail, user in status(user) { $0.pointee.enterSpan(type, detail) } }
        parser.leave_span = { type, _, user in status(user) { $0.pointee.leaveSpan(type) } }
        parser.text = { type, text, size, user in
            status(user) { $0.pointee.text(type, UnsafeRawBufferPointer(start: text, count: Int(size))) }
        }
        return text.withUnsafeBytes { bytes in
            withUnsafeMutablePointer(to: &handler) { handler in
                var events = MarkdownEvents(of: handler)
                return withUnsafeMutablePointer(to: &events) { events in
                    md_parse(bytes.baseAddress?.assumingMemoryBound(to: MD_CHAR.self), size, &parser, events) == 0
                }
            }
        }
    }
}

/// Calls the events behind md4c's user data; not 0 stops the parse.
///
/// They come as a pointer: a copy of them would retain and release all five for each call.
private func status(
    _ user: UnsafeMutableRawPointer?,
    _ call: (UnsafeMutablePointer<MarkdownEvents>) -> Bool
) -> Int32 {
    guard let events = user?.assumingMemoryBound(to: MarkdownEvents.self) else { return 1 }
    return call(events) ? 0 : 1
}

/// The calls of one `MarkdownHandler`, for the C callbacks, which cannot know its type.
///
/// Each returns whether the parser goes on. With `any MarkdownHandler` the handler would be copied for each call.
struct MarkdownEvents {
    let enterBlock: (MD_BLOCKTYPE, UnsafeMutableRawPointer?) -> Bool
    let leaveBlock: (MD_BLOCKTYPE) -> Bool
    let enterSpan: (MD_SPANTYPE, UnsafeMutableRawPointer?) -> Bool
    let leaveSpan: (MD_SPANTYPE) -> Bool
    let text: (MD_TEXTTYPE, UnsafeRawBufferPointer) -> Bool

    /// Calls `handler`, which must outlive this.
    init(of handler: UnsafeMutablePointer<some MarkdownHandler>) {
        enterBlock = { type, detail in
            handler.pointee.enter(block: type, detail)
            return handler.pointee.isWithinLimits
        }
        leaveBlock = { type in
            handler.pointee.leave(block: type)
            return handler.pointee.isWithinLimits
        }
        enterSpan = { type, detail in
            handler.pointee.enter(span: type, detail)
            return handler.pointee.isWithinLimits
        }
        leaveSpan = { type in
            handler.pointee.leave(span: type)
            return handler.pointee.isWithinLimits
        }
        text = { type, text in
            handler.pointee.text(type, text)
            return handler.pointee.isWithinLimits
        }
    }
}

extension MD_ATTRIBUTE {
    /// Its text, entities decoded and nothing shielded; empty when the source does not have it (the language of an
    /// indented block).
    var decoded: [UInt8] {
        var decoded: [UInt8] = []
        guard let text, let substr_offsets, let substr_types else { return decoded }
        // Only the pieces md4c calls entities: `\&amp;` in the source is none.
        var index = 0
        while substr_offsets[index] < size {
            let piece = UnsafeRawBufferPointer(
                start: text + Int(substr_offsets[index]),
                count: Int(substr_offsets[index + 1] - substr_offsets[index])
            )
            switch substr_types[index] {
            case MD_TEXT_ENTITY: HTMLEntities.decode(piece, into: &decoded)
            case MD_TEXT_NULLCHAR: break
            default: decoded.append(contentsOf: piece)
            }
            index += 1
        }
        return decoded.contains { $0 >= 0xFE } ? Shield.restored(decoded) : decoded
    }
}

extension EditorElement.Alignment {
    /// md4c's word for it; nil for a column without one.
    init?(_ alignment: MD_ALIGN) {
        switch alignment {
        case MD_ALIGN_LEFT: self = .left
        case MD_ALIGN_CENTER: self = .center
        case MD_ALIGN_RIGHT: self = .right
        default: return nil
        }
    }
}
