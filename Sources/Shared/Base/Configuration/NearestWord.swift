extension Sequence<String> {
    /// The word that somebody may have meant who wrote `word`; nil where none is near.
    ///
    /// The shorter it is, the fewer slips it may have: among words of four letters many are two letters apart.
    package func nearest(to word: String) -> String? {
        let limit = Swift.min(2, word.utf8.count / 3)
        return map { (word: $0, distance: $0.editDistance(to: word)) }
            .filter { $0.distance <= limit }
            .min { $0.distance < $1.distance }?.word
    }

    /// The nearest word as the end of a sentence; empty where none is near.
    package func suggestion(for word: String) -> String {
        nearest(to: word).map { ", did you mean '\($0)'?" } ?? ""
    }
}

extension String {
    /// How many letters have to be put in, taken out, replaced or swapped with their neighbours to make `other` of it.
    func editDistance(to other: String) -> Int {
        let (from, to) = (Array(utf8), Array(other.utf8))
        var rowBefore: [Int] = []
        var row = Array(0...to.count)
        for i in from.indices {
            var next = [i + 1]
            for j in to.indices {
                var distance = Swift.min(row[j] + (from[i] == to[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, from[i] == to[j - 1], from[i - 1] == to[j] {
                    distance = Swift.min(distance, rowBefore[j - 1] + 1)
                }
                next.append(distance)
            }
            (rowBefore, row) = (row, next)
        }
        return row[to.count]
    }
}
