import Base
import Database

/// Which events somebody asks for; nil stands for all.
package struct EventFilter: Sendable, Equatable {
    package var status: EventStatus?
    package var type: EventType?
    package var repository: String?
    /// Received at this time or later.
    package var since: Timestamp?
    /// A text that the error contains, whatever its case.
    package var error: String?

    package init(
        status: EventStatus? = nil,
        type: EventType? = nil,
        repository: String? = nil,
        since: Timestamp? = nil,
        error: String? = nil
    ) {
        self.status = status
        self.type = type
        self.repository = repository
        self.since = since
        self.error = error
    }
}
