import Synchronization

/// How often this process sent something to a database and waited for the answers, over all its connections.
package enum RoundTrips {
    private static let count = Atomic<Int>(0)

    package static var soFar: Int { count.load(ordering: .relaxed) }

    static func countOne() { count.wrappingAdd(1, ordering: .relaxed) }
}
