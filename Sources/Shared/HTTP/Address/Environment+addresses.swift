import Base

extension Environment {
    /// The address that a variable names, for a server to listen at.
    package func listenAddress(_ name: String, default fallback: String) throws(Problem) -> ListenAddress {
        do {
            return try ListenAddress(string(name) ?? fallback)
        } catch {
            throw Problem("\(name): \(error)")
        }
    }

    /// The addresses and networks that a variable lists; none if it is not set.
    package func networks(_ name: String) throws(Problem) -> [IPNetwork] {
        do {
            return try IPNetwork.list(string(name) ?? "")
        } catch {
            throw Problem("\(name): \(error)")
        }
    }
}
