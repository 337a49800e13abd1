import Foundation

/// Reads HTML as loosely as a browser does and says what in it would run; shares nothing with the code that wrote it.
///
/// Any tag counts, closed or not, quoted or not; values are decoded again and again, rid of what browsers skip, and of
/// percent signs.
enum BrowserScanner {
    private static let elements: Set<String> = [
        "script", "style", "iframe", "object", "embed", "svg", "math", "form", "base", "meta", "link", "frame",
        "frameset",
        "applet", "template", "noscript", "textarea", "title", "plaintext", "xmp", "button", "audio", "video", "source",
    ]
    private static let schemes = ["javascript:", "vbscript:", "data:"]
    private static let names = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "colon": ":", "tab": "\t", "newline": "\n",
        "nbsp": "\u{A0}",
        "lpar": "(", "rpar": ")", "sol": "/", "num": "#", "percnt": "%", "shy": "\u{AD}", "zwj": "\u{200D}",
        "zwnj": "\u{200C}",
    ]

    /// What would run; empty for harmless HTML.
    static func dangers(in html: String) -> [String] {
        var dangers: [String] = []
        for tag in html.matches(of: /<[\/\s]*([^\s<>\/"'=]+)((?:"[^"]*"|'[^']*'|[^>"'])*)(?:>|$)/) {
            let name = tag.1.lowercased()
            if elements.contains(name) { dangers.append("<\(name)>") }
            for attribute in tag.2.matches(of: /([^\s\/=<>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]*))?/) {
                let key = attribute.1.lowercased()
                let value = attribute.2.map { $0.trimmingCharacters(in: ["\"", "'"]) } ?? ""
                if key.hasPrefix("on") || key == "srcdoc" || key == "formaction" { dangers.append("<\(name) \(key)>") }
                if key == "alt" { continue }  // text, wherever it comes from
                if isExecutable(value) { dangers.append("<\(name) \(key)=\(value.prefix(60))>") }
                if key == "style", value.lowercased().contains(/expression|url\(|import|behavior|@/) {
                    dangers.append("<\(name) style=\(value.prefix(60))>")
                }
            }
        }
        return dangers
    }

    /// Whether a browser would run `value` as an address, however often it is decoded on its way.
    private static func isExecutable(_ value: String) -> Bool {
        var value = value
        for _ in 0..<4 {
            let seen = String(value.unicodeScalars.filter { !isSkipped($0) }).lowercased()
            if schemes.contains(where: seen.hasPrefix) { return true }
            let decoded = decoded(value)
            value = decoded.removingPercentEncoding ?? decoded
        }
        return false
    }

    private static func isSkipped(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.properties.isWhitespace
            || scalar.properties.generalCategory == .format || scalar == "\u{FFFD}"
    }

    /// With character references replaced, with or without their semicolon.
    private static func decoded(_ value: String) -> String {
        value.replacing(/&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+));?/) { match in
            let number = match.1.flatMap { UInt32($0, radix: 16) } ?? match.2.flatMap { UInt32($0) }
            if let number { return Unicode.Scalar(number).map { String(Character($0)) } ?? "" }
            return match.3.flatMap { names[$0.lowercased()] } ?? String(match.0)
        }
    }
}
