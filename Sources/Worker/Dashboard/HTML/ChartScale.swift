/// The height of a chart: from nothing to a number that people like, in hundredths of the drawing.
struct ChartScale: Sendable {
    /// 1, 2, 5, 10, 20, 50 and so on, at least as large as the largest value.
    let top: Int

    init(most: Int) {
        var step = 1
        while step * 5 < most { step *= 10 }
        top = [1, 2, 5].map { $0 * step }.first { $0 >= most } ?? step * 5
    }

    func height(_ count: Int) -> String { Self.tenths(tenths(count)) }

    /// How far from the upper edge a value lies.
    func y(_ count: Int) -> String { Self.tenths(1_000 - tenths(count)) }

    /// A line of steps, one for each value, at its height.
    func steps(_ values: [Int]) -> String {
        values.enumerated().map { index, value in "\(index == 0 ? "M0 " : "V")\(y(value))H\(index + 1)" }.joined()
    }

    private func tenths(_ count: Int) -> Int { Int((Double(count) / Double(top) * 1_000).rounded()) }

    /// `12` or `12.5`.
    static func tenths(_ tenths: Int) -> String {
        tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
