import Glibc

/// A directory that only its user may write to.
///
/// Anybody else who could write to it could replace its files, and so have us write to another place.
package enum OwnDirectory {
    /// Checks whether a path is such a directory of a user.
    /// - Returns: what it is instead; nil if it is one, and if there is nothing at the path.
    package static func objection(to path: String, of user: uid_t = geteuid()) -> String? {
        // A symbolic link with a slash behind its name would be followed.
        let name = String(path.reversed().drop { $0 == "/" }.reversed())
        var facts = stat()
        guard lstat(name.isEmpty ? "/" : name, &facts) == 0 else { return nil }
        let isOpen = facts.st_mode & (S_IWGRP | S_IWOTH) != 0
        switch facts.st_mode & S_IFMT {
        case S_IFLNK: return "a symbolic link"
        case S_IFDIR where isOpen || facts.st_uid != user:
            return "of user \(facts.st_uid) with mode \(String(facts.st_mode & 0o7777, radix: 8))"
        default: return nil
        }
    }
}
