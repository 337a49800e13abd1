/// Finds out who sent a request that came through proxies.
struct HTTPForwarding: Sendable {
    let trusted: [IPNetwork]

    func trusts(_ address: IPAddress) -> Bool { trusted.contains { $0.contains(address) } }

    /// The right-most hop of X-Forwarded-For that is no trusted proxy, when the peer is one; nil otherwise.
    ///
    /// Each proxy appends whom it heard, so only what trusted ones appended can be believed. An entry that is no
    /// address ends the walk: the hop that sent it is then the best there is to say.
    func sender(behind peer: IPAddress, fields: HTTPFields) -> IPAddress? {
        guard trusts(peer) else { return nil }
        var client: IPAddress?
        walk: for field in fields.all("x-forwarded-for").reversed() {
            for entry in field.split(separator: ",", omittingEmptySubsequences: false).reversed() {
                guard let hop = Self.address(entry) else { break walk }
                client = hop
                guard trusts(hop) else { break walk }
            }
        }
        return client
    }

    /// Reads `1.2.3.4`, `1.2.3.4:567`, `::1`, `[::1]` or `[::1]:567`.
    private static func address(_ entry: Substring) -> IPAddress? {
        let text = String(entry.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" })
        if text.hasPrefix("[") {
            return IPAddress(String(text.dropFirst().prefix { $0 != "]" }))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return IPAddress(parts.count == 2 ? String(parts[0]) : text)
    }
}
