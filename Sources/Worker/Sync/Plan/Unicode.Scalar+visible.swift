extension Unicode.Scalar {
    /// Whether a person sees something where this stands alone.
    ///
    /// White space, controls and marks that need a letter show nothing, nor do those that Unicode calls ignorable (the soft
    /// hyphen, joiners, variation selectors, Hangul fillers, tags), and the Braille pattern without dots.
    package var isVisible: Bool {
        if properties.isWhitespace || properties.isDefaultIgnorableCodePoint || value == 0x2800 { return false }
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark: return false
        default: return true
        }
    }
}
