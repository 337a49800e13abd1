import CMarkdown

/// The calls of one `MarkdownHandler`, for C's functions, which cannot know its type.
///
/// Each returns whether reading goes on. A handler behind `any` would be copied for each of them.
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
