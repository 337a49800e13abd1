import CPostgres
import Foundation

extension ConnectionHandle {
    /// The SQLSTATE with which a server refuses a session for good; nil where it does not, or none answers.
    ///
    /// libpq tells it only in a verbose message, and only the functions that do not wait can be asked for one. So this
    /// is a second attempt, for a program that starts.
    static func loginRefusal(_ config: DatabaseConfig) -> String? {
        guard let pointer = begin(settings(config)) else { return nil }
        defer { PQfinish(pointer) }
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        let deadline = ContinuousClock.now + config.connectTimeout
        var awaited = PGRES_POLLING_WRITING
        while awaited == PGRES_POLLING_READING || awaited == PGRES_POLLING_WRITING, .now < deadline {
            let events = awaited == PGRES_POLLING_READING ? POLLIN : POLLOUT
            var descriptor = pollfd(fd: PQsocket(pointer), events: Int16(events), revents: 0)
            if poll(&descriptor, 1, 100) > 0 { awaited = PQconnectPoll(pointer) }
        }
        guard awaited == PGRES_POLLING_FAILED else { return nil }
        let message = String(cString: PQerrorMessage(pointer))
        let states = message.matches(of: #/: +([0-9][0-9A-Z]{4}): /#).map { $0.output.1 }
        guard let first = states.first, states.allSatisfy({ $0.hasPrefix("28") || $0 == "3D000" }) else { return nil }
        return String(first)
    }
}
