/// A colour that says something; nothing is coloured for looks.
enum Tint: Int, Sendable {
    /// Failed.
    case red = 31
    /// Lost, or to be looked at.
    case yellow = 33

    func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}
