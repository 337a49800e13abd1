import Foundation
import TestSupport

/// What programs said of one delivery.
struct LogStory {
    /// `level: message`, in the order of the programs and of their lines.
    let lines: [String]

    init(of id: String, in programs: TestProgram...) throws {
        lines = try programs.flatMap { program in
            try program.text.split(separator: "\n").filter { $0.contains(id) }.compactMap { line in
                let keys = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return keys.map { "\($0["level"] ?? ""): \($0["message"] ?? "")" }
            }
        }
    }
}
