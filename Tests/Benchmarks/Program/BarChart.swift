/// Horizontal bars with their spread, as SVG.
struct BarChart {
    struct Bar {
        let name: String
        let value, low, high: Double
    }

    let title: String
    let bars: [Bar]

    private static let step = 24
    private static let left = 420.0
    private static let width = 400.0

    var svg: String {
        let height = 50 + Self.step * bars.count
        let scale = Self.width / max(bars.map(\.high).max() ?? 1, 1)
        let rows = bars.enumerated().map { index, bar in
            let top = 40 + Self.step * index
            let middle = top + 8
            return """
                <text x="\(Self.left - 8)" y="\(top + 12)" text-anchor="end">\(Self.escape(bar.name))</text>
                <rect x="\(Self.left)" y="\(top)" width="\(bar.value * scale)" height="16" fill="#3f76ff"/>
                <path d="M\(Self.left + bar.low * scale) \(middle)H\(Self.left + bar.high * scale)" stroke="#111"/>

                """
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(Self.left + Self.width) + 30)" height="\(height)" \
            font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="\(Self.left)" y="20" font-size="15">\(Self.escape(title))</text>
            <path d="M\(Self.left + scale) 30V\(height)" stroke="#999" stroke-dasharray="4"/>
            <text x="\(Self.left + scale)" y="34" text-anchor="middle">1</text>
            \(rows.joined())</svg>

            """
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
