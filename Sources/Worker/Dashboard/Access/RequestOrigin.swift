import HTTP

/// What a browser says about where a request comes from and whom it means.
struct RequestOrigin: Sendable {
    /// Names that the server answers to besides numeric addresses and `localhost`, in lower case.
    let hosts: [String]

    /// Whether the request means this server.
    ///
    /// A page of a stranger whose name resolves to our address would otherwise be of our origin (DNS rebinding).
    func isForUs(_ head: HTTPRequestHead) -> Bool {
        guard let host = head.fields.first("host") else { return false }
        let name = Self.name(of: host)
        return name == "localhost" || hosts.contains(name) || IPAddress(name) != nil
    }

    /// Whether a page of ours sent the request, so that it may change something.
    ///
    /// Browsers say so by `Sec-Fetch-Site` over https and to loopback addresses; elsewhere `Origin` is all there is.
    func isSameOrigin(_ head: HTTPRequestHead, scheme: String) -> Bool {
        let sites = head.fields.all("sec-fetch-site")
        guard sites.isEmpty else { return sites == ["same-origin"] }
        return head.fields.all("origin").map { $0.lowercased() } == [own(head, scheme: scheme)]
    }

    /// The origin of the pages that this request is one of, in lower case.
    func own(_ head: HTTPRequestHead, scheme: String) -> String {
        "\(scheme)://\(head.fields.first("host")?.lowercased() ?? "")"
    }

    /// The host without its port and without the brackets of an IPv6 address, in lower case.
    private static func name(of host: String) -> String {
        let host = host.lowercased()
        if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
        return String(host.prefix { $0 != ":" })
    }
}
