import Base
import Foundation
import Testing

@Suite struct EventIDGeneratorTests {
    @Test func `an id is a UUID of version 7 with the time in front`() throws {
        let id = EventIDGenerator().next(at: Date(timeIntervalSince1970: 1_772_447_400.5)).text
        #expect(id.hasPrefix("019cae19-0234-7"))
        #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }

    @Test func `ids grow while the clock stands still and when it steps back`() {
        let generator = EventIDGenerator()
        let now = Date(timeIntervalSince1970: 1_772_447_400)
        let clock = [now, now, now.addingTimeInterval(-3600), now.addingTimeInterval(0.001), now, now]
        let ids = (0..<2000).flatMap { _ in clock.map { generator.next(at: $0).text } }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test func `many tasks never get the same place in the order`() async {
        let generator = EventIDGenerator()
        let now = Date(timeIntervalSince1970: 1_772_447_400)
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).map { _ in generator.next(at: now).text } } }
            return await group.reduce(into: [String]()) { ids, some in
                #expect(some == some.sorted())
                ids += some
            }
        }
        #expect(Set(ids.map { $0.prefix(18) }).count == 4000)
    }
}
