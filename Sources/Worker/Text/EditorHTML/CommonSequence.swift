/// The longest common subsequence of two lists.
enum CommonSequence {
    /// The most pairs that are compared; beyond, only the common start and end count.
    private static let limit = 4_000_000

    /// For each element of `old`, the index of the same in `new`, or nil; the indices rise.
    static func matches<Element: Hashable>(_ old: [Element], _ new: [Element]) -> [Int?] {
        var matches = [Int?](repeating: nil, count: old.count)
        let start = zip(old, new).prefix { $0 == $1 }.count
        let end = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
        for index in 0..<start { matches[index] = index }
        for index in 0..<end { matches[old.count - 1 - index] = new.count - 1 - index }
        let (left, right) = (Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
        guard !left.isEmpty, !right.isEmpty, left.count * right.count <= limit else { return matches }
        // How long the longest one of the rest of both is, row by row from the end.
        let width = right.count + 1
        var lengths = [Int32](repeating: 0, count: (left.count + 1) * width)
        for row in left.indices.reversed() {
            for column in right.indices.reversed() {
                lengths[row * width + column] =
                    left[row] == right[column]
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var (row, column) = (0, 0)
        while row < left.count, column < right.count {
            if left[row] == right[column] {
                matches[start + row] = start + column
                row += 1
                column += 1
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return matches
    }
}
