import Base
import Foundation

/// Whether a file is a mount of its own, which is how container runtimes hand over a secret.
///
/// Compose mounts secrets with a mode that everybody may read, because it cannot give them to the user of the service.
/// In a container nobody else is there, so who may read such a file was decided by whoever mounted it. Only root can
/// mount one.
func isMountedByItself(_ path: String) -> Bool {
    guard let mounts = try? String(wholeFile: "/proc/self/mountinfo") else { return false }
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    // The kernel writes these characters as octal numbers, so that fields end at a blank.
    let escapes: [Character: String] = [" ": "\\040", "\t": "\\011", "\n": "\\012", "\\": "\\134"]
    let field = resolved.reduce(into: "") { $0 += escapes[$1] ?? String($1) }
    return mounts.split(separator: "\n").contains { line in
        line.split(separator: " ").dropFirst(4).first.map { $0 == field } ?? false
    }
}
