import Base
import JSON

/// What was agreed on with a server, and what tools it has.
struct MCPSession: Sendable {
    let transport: any MCPTransport
    let era: MCPEra
    let tools: MCPTools

    private static let maximumPages = 50
    private static let maximumTools = 2000

    /// Opens a session.
    ///
    /// The era is found as the specification says: a modern request comes first, and where the server does not know it,
    /// a handshake. `isLegacy` says what was found out before; then the handshake comes first.
    init(
        _ server: MCPServer,
        isLegacy: inout Bool,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) {
        var transport = try server.transport()
        do throws(MCPFailure) {
            era = try await Self.era(of: server, &transport, &isLegacy, until: deadline)
            tools = try await Self.tools(transport, era, until: deadline)
        } catch {
            transport.abandon()
            throw error
        }
        self.transport = transport
    }

    private static func era(
        of server: MCPServer,
        _ transport: inout any MCPTransport,
        _ isLegacy: inout Bool,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) -> MCPEra {
        if isLegacy {
            do {
                return try await handshake(transport, until: deadline)
            } catch {
                if case .failed = error { throw error }
                isLegacy = false
            }
        }
        if try await isModern(transport, until: deadline) { return .modern }
        // Some old servers end at a message that they do not expect.
        transport = try server.transport(isUrgent: true)
        do {
            let era = try await handshake(transport, until: deadline)
            isLegacy = true
            return era
        } catch {
            // It did not answer in time before, or in words that are not known.
            if case .refused(let refusal) = error, refusal.versions.contains(MCPEra.modernVersion) { return .modern }
            throw error
        }
    }

    /// Whether a server answers a request of the modern era.
    private static func isModern(
        _ transport: any MCPTransport,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) -> Bool {
        do {
            let discover = MCPRequest(method: "server/discover")
            let answer = try await transport.exchange(discover, in: .modern, until: transport.probeDeadline(deadline))
            let versions = try? answer.result().textsIfPresent("supportedVersions")
            return versions?.contains(MCPEra.modernVersion) ?? true
        } catch {
            switch error {
            case .refused(let refusal): return refusal.isModern
            case .outdated: return false
            case .failed(.transient) where transport.mayMissUnknownRequests: return false
            case .failed: throw error
            }
        }
    }

    private static func handshake(
        _ transport: any MCPTransport,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) -> MCPEra {
        let start = MCPEra.legacy(version: "", session: nil)
        let answer = try await transport.exchange(MCPEra.initialize, in: start, until: deadline)
        guard let version = try? answer.result().exactText("protocolVersion"), MCPEra.legacyVersions.contains(version)
        else { throw .failed(.transient("the MCP server speaks no version of MCP that we know")) }
        let era = MCPEra.legacy(version: version, session: answer.session)
        try await transport.notify(MCPRequest.notification("notifications/initialized"), in: era, until: deadline)
        return era
    }

    private static func tools(
        _ transport: any MCPTransport,
        _ era: MCPEra,
        until deadline: ContinuousClock.Instant
    ) async throws(MCPFailure) -> MCPTools {
        var tools = MCPTools()
        var request = MCPRequest(method: "tools/list")
        for _ in 0..<maximumPages {
            let answer = try await transport.exchange(request, in: era, until: deadline)
            do {
                let page = try answer.result()
                try tools.add(page)
                guard let cursor = try page.exactTextIfPresent("nextCursor"), !cursor.isEmpty else { return tools }
                request.params = [("cursor", .string(cursor))]
            } catch {
                throw .failed(.transient("the MCP server's tools cannot be read: \(error)"))
            }
            guard tools.count <= maximumTools else { break }
        }
        throw .failed(.transient("the MCP server's list of tools has no end"))
    }
}

extension MCPRefusal {
    /// Whether only a server of the modern era refuses a request like this.
    fileprivate var isModern: Bool {
        switch code {
        case Self.headerMismatch: true
        case Self.unsupportedVersion: !MCPEra.legacyVersions.contains { versions.contains($0) }
        case Self.unknownMethod: status == 404
        default: false
        }
    }
}
