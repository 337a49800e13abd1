import Testing

@testable import Base

struct NearestWordTests {
    @Test(arguments: [
        ("", "", 0), ("run", "run", 0), ("", "run", 3), ("run", "", 3), ("runn", "run", 1), ("rn", "run", 1),
        ("ran", "run", 1), ("rnu", "run", 1), ("kitten", "sitting", 3), ("stauts", "status", 1), ("abc", "cba", 2),
    ])
    func `the distance counts slips of the fingers`(_ from: String, _ to: String, _ distance: Int) {
        #expect(from.editDistance(to: to) == distance)
        #expect(to.editDistance(to: from) == distance)
    }

    @Test(arguments: [
        ("stauts", "status"), ("statsu", "status"), ("rum", "run"), ("prun", "run"), ("configuer", "configure"),
        ("confgre", "configure"), ("nope", nil), ("st", nil), ("", nil), ("reconsider", nil),
    ])
    func `the nearest word is found where one is near`(_ word: String, _ nearest: String?) {
        #expect(["status", "run", "prune", "configure"].nearest(to: word) == nearest)
    }
}
