extension Int {
    /// `1 event`, `2 events`.
    func counted(_ one: String, _ many: String? = nil) -> String { "\(self) \(self == 1 ? one : many ?? "\(one)s")" }
}
