import Base
import HTTP

/// A file that pages refer to, carried inside the program and named by its content: it may be kept for ever.
struct Asset: Sendable {
    let path: String
    let response: HTTPResponse

    static let style = Asset("dashboard", "css", "text/css; charset=utf-8", PackageResources.dashboard_css)
    static let script = Asset("dashboard", "js", "text/javascript; charset=utf-8", PackageResources.dashboard_js)

    private init(_ name: String, _ ending: String, _ type: String, _ bytes: [UInt8]) {
        path =
            "/assets/\(name).\(String(sha256(bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, radix: 16)).\(ending)"
        response = HTTPResponse(
            status: 200,
            fields: ["Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable"],
            body: bytes
        )
    }
}
