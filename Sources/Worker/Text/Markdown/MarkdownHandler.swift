import CMarkdown

/// What takes the pieces of a Markdown source, in their order.
protocol MarkdownHandler {
    /// False when reading must end.
    var isWithinLimits: Bool { get }

    mutating func enter(block: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?)
    mutating func leave(block: MD_BLOCKTYPE)
    mutating func enter(span: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?)
    mutating func leave(span: MD_SPANTYPE)
    mutating func text(_ type: MD_TEXTTYPE, _ text: UnsafeRawBufferPointer)
}
