import CMarkdown

extension MD_ATTRIBUTE {
    /// Its text, entities decoded and nothing shielded; empty when the source does not have it (the language of an indented block).
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
