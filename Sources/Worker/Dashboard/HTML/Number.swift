import Base
import Foundation

/// Numbers as people read them.
enum Number {
    /// `1,234,567`, whatever the language of the machine.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "−\(text)" : text
    }

    /// `1 event`, `2 events`.
    static func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? one : many ?? "\(one)s")"
    }

    /// A stretch of time in its largest unit that says enough: `8 ms`, `1.4 s`, `12 min`, `3 h`, `2 d`.
    static func duration(_ seconds: Double) -> String {
        switch max(0, seconds) {
        case ..<0.9995: "\(Int((max(0, seconds) * 1000).rounded())) ms"
        case ..<9.95: String(format: "%.1f s", seconds)
        case ..<59.5: "\(Int(seconds.rounded())) s"
        case ..<3_600: "\(Int(seconds / 60)) min"
        case ..<86_400: "\(Int(seconds / 3_600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }

    /// A part of the whole, from 0 to 1: `99.5 %`, and `100 %` only where nothing is missing.
    static func percent(_ part: Double) -> String {
        part == 1 ? "100 %" : String(format: "%.1f %%", min(part * 100, 99.9))
    }

    /// A rate a second: `12.5`, `0.02`, and `0` only where nothing came.
    static func rate(_ count: Int, in seconds: Double) -> String {
        let rate = Double(count) / seconds
        return count == 0 ? "0" : String(format: rate < 9.95 ? "%.2f" : "%.1f", rate)
    }

    /// `12 B`, `1.4 kB`, `3.0 MB`.
    static func bytes(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(count) B"
        case ..<1_000_000: String(format: "%.1f kB", Double(count) / 1000)
        case ..<1_000_000_000: String(format: "%.1f MB", Double(count) / 1_000_000)
        default: String(format: "%.1f GB", Double(count) / 1_000_000_000)
        }
    }
}
