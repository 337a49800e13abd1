import Foundation
import Testing

@testable import Deliveries
@testable import Store

@Suite struct ConnectedRepositoriesTests {
    @Test func `what is known of repositories is forgotten in time, good news and bad`() {
        let repositories = ConnectedRepositories(lifetime: .seconds(5))
        let now = ContinuousClock.now
        let sync = UUID()
        repositories.remember([1: .one(sync), 2: .unconnected], at: now)
        #expect(repositories.known([1, 2, 3], at: now + .seconds(4)) == [1: .one(sync), 2: .unconnected])
        #expect(repositories.known([1, 2, 3], at: now + .seconds(5)).isEmpty)
    }

    @Test func `a flood of repositories does not grow the memory`() {
        let repositories = ConnectedRepositories(lifetime: .seconds(5), capacity: 10)
        let now = ContinuousClock.now
        for id in 1...1000 { repositories.remember([Int64(id): .unconnected], at: now) }
        #expect(repositories.known(Set(1...1000), at: now).count <= 10)
    }
}
