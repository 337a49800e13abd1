import Base

/// Signs a body as GitHub does.
package func signature(of body: [UInt8], secret: String) -> String {
    let code = HMACSHA256(HMACSHA256.Key(Secret(secret)))
    body.withUnsafeBytes { code.update($0) }
    return "sha256=\((code.finish() ?? []).hex)"
}
