import Glibc

/// A server that cannot start, or that runs and has lost its socket, with the system call that said so.
package struct HTTPServerError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let code: Int32
    /// Nil where the fault has nothing to do with the address.
    package let address: ListenAddress?

    init(call: String, code: Int32, address: ListenAddress? = nil) {
        self.call = call
        self.code = code
        self.address = address
    }

    package var description: String {
        let reason = "\(call): \(String(cString: strerror(code)))"
        return address.map { "cannot listen on \($0): \(reason)" } ?? "cannot start the HTTP server: \(reason)"
    }
}
