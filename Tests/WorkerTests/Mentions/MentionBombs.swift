extension Bomb {
    /// What could be expensive about finding mentions, each of about `size` bytes.
    static func ofMentions(size: Int) -> [Bomb] {
        func many(_ unit: String) -> String { String(repeating: unit, count: size / unit.utf8.count) }
        func backticks(_ count: Int) -> String { "a" + String(repeating: "`", count: count) }
        let spaces = String(repeating: " ", count: size / 2)
        return [
            ("keyword far away", "fixes" + spaces + "#1"), ("spaces before numbers", many(" #1")),
            ("spans before numbers", many("** **#1")), ("empty links", many("[](x)") + " #1"),
            ("definitions used", "[x]: https://github.com/o/r/issues/1\n\n" + many("[x] ")),
            ("quotes opened", many("<blockquote>")), ("quotes never opened", many("</blockquote></pre>")),
            ("items in quotes", many("- <blockquote>\n")), ("repositories", many("o/r#1 ")),
            ("almost repositories", many("o/r")),
            ("addresses", many("https://github.com/o/r/issues/1 ")),
            ("joined addresses", many("https://github.com/o/r/issues/1,")),
            ("almost addresses", many("https://github.com/")), ("identifiers", many("AB-1 ")),
            ("almost identifiers", many("A")),
            ("branches", many("12-a/")), ("almost branches", many("issue-")),
            ("runs of backticks", (1...size / 375).map(backticks).joined()),
            ("many numbers", (1...size / 7).map { "#\($0)" }.joined(separator: " ")),
        ]
        .map { Bomb(name: $0.0, source: $0.1) }
    }
}
