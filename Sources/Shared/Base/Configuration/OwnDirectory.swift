import Glibc

/// A directory that only its user may write to: whoever else could would replace what is in it, and have us write elsewhere.
package enum OwnDirectory {
    /// Looks at a directory for what keeps it from being one.
    /// - Returns: what it is instead; nil where it is one, and where there is no directory at all.
    package static func objection(to path: String) -> String? {
        // With a slash behind it, a link would be followed.
        let name = String(path.reversed().drop { $0 == "/" }.reversed())
        var facts = stat()
        guard lstat(name.isEmpty ? "/" : name, &facts) == 0 else { return nil }
        let isOpen = facts.st_mode & (S_IWGRP | S_IWOTH) != 0
        switch facts.st_mode & S_IFMT {
        case S_IFLNK: return "a symbolic link"
        case S_IFDIR where isOpen || facts.st_uid != geteuid():
            return "of user \(facts.st_uid) with mode \(String(facts.st_mode & 0o7777, radix: 8))"
        default: return nil
        }
    }
}
