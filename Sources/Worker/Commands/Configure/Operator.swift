import Foundation

/// Who sits at the keyboard, as far as the operating system knows.
enum Operator {
    /// `anna@ops1`; the number of a user without a name.
    static var name: String {
        let number = geteuid()
        let user = getpwuid(number).map { String(cString: $0.pointee.pw_name) } ?? "user \(number)"
        return "\(user)@\(ProcessInfo.processInfo.hostName)"
    }
}
