/// Who may use a route, from the least on: each role may do what those before it may.
package enum HTTPRole: Sendable, Comparable, CaseIterable {
    /// Also who has not signed in.
    case anyone
    case viewer, `operator`, admin
}

/// A path, one method or several, and the least role that may use them; `target` says what is there.
package struct HTTPRoute<Target: Sendable>: Sendable {
    private enum Segment: Sendable {
        case literal([UInt8])
        case capture
    }

    package let methods: [String]
    package let least: HTTPRole
    package let target: Target
    private let segments: [Segment]
    private let condition: @Sendable ([String]) -> Bool

    /// - Parameters:
    ///   - methods: in upper case; GET brings HEAD with it.
    ///   - pattern: such as `/issues/:owner/:name`: a segment that begins with a colon captures whatever stands there.
    ///   - least: the least role that may use it.
    ///   - target: what `HTTPRoutes.match` finds.
    ///   - condition: whether a path fits that is captured so.
    package init(
        _ methods: [String],
        _ pattern: String,
        for least: HTTPRole,
        to target: Target,
        where condition: @escaping @Sendable ([String]) -> Bool = { _ in true }
    ) {
        self.methods = methods.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }
        self.least = least
        self.target = target
        self.condition = condition
        segments = pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            $0.hasPrefix(":") ? .capture : .literal(Array($0.utf8))
        }
    }

    /// What the pattern captures of `path`, percent-decoded; nil when the path does not fit.
    ///
    /// Other segments must be there byte for byte. A captured one is text without control characters, never empty.
    func captures(of path: String) -> [String]? {
        var captures: [String] = []
        var rest = path.utf8[...]
        for segment in segments {
            guard rest.first == UInt8(ascii: "/") else { return nil }
            let part = rest.dropFirst().prefix { $0 != UInt8(ascii: "/") }
            rest = rest[part.endIndex...]
            switch segment {
            case .literal(let text):
                guard part.elementsEqual(text) else { return nil }
            case .capture:
                guard !part.isEmpty, let bytes = PercentEncoding.decoded(part),
                    !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }),
                    let text = String(validating: bytes, as: UTF8.self)
                else { return nil }
                captures.append(text)
            }
        }
        return rest.isEmpty && condition(captures) ? captures : nil
    }
}

/// The routes of one server; where several fit a request, the first of them counts.
package struct HTTPRoutes<Target: Sendable>: Sendable {
    package enum Match: Sendable {
        /// The service has to check that whoever asks has the `least` role.
        case found(Target, captures: [String], least: HTTPRole)
        case notFound
        /// The path is there for other methods, those of the Allow field.
        case notAllowed(methods: String)
    }

    private let routes: [HTTPRoute<Target>]

    package init(_ routes: [HTTPRoute<Target>]) { self.routes = routes }

    package func match(method: String, path: String) -> Match {
        var allowed: [String] = []
        for route in routes {
            guard let captures = route.captures(of: path) else { continue }
            if route.methods.contains(method) {
                return .found(route.target, captures: captures, least: route.least)
            }
            allowed += route.methods.filter { !allowed.contains($0) }
        }
        return allowed.isEmpty ? .notFound : .notAllowed(methods: allowed.joined(separator: ", "))
    }
}

extension HTTPResponse {
    package static let notFound = error(404, code: "not_found", detail: "There is nothing at this path.")

    /// Says which methods the path allows, in the value of the Allow field, too.
    package static func notAllowed(methods: String) -> HTTPResponse {
        var response = error(405, code: "method_not_allowed", detail: "This path allows \(methods).")
        response.fields.append("Allow", methods)
        return response
    }
}
