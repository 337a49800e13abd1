/// How long a service that starts goes on trying where the server refuses it for good.
///
/// Somebody may just be making the role or the database; a service manager shows a program that ended, and not one that
/// waits.
package struct StartPatience: Sendable {
    private let end: ContinuousClock.Instant

    package init(from start: ContinuousClock.Instant = .now, for limit: Duration = .seconds(60)) {
        end = start + limit
    }

    /// Whether to try again after this error.
    package func allows(_ error: DatabaseError, at now: ContinuousClock.Instant = .now) -> Bool {
        !error.isLoginRefused || now < end
    }
}
