import Base
import Inspect

/// The answer to the first question, whether it is well.
struct OverviewSentence: Sendable, Equatable {
    let tone: Tone
    let text: String

    private init(_ tone: Tone, _ text: String) {
        self.tone = tone
        self.text = text
    }

    init(_ snapshot: OverviewSource.Snapshot) {
        if let problem = snapshot.problem {
            self.init(.bad, snapshot.reading == nil ? problem : "\(problem) What you see is older.")
        } else if let reading = snapshot.reading {
            self.init(reading)
        } else {
            self.init(.warn, "Nothing was read yet.")
        }
    }

    /// An event should not wait longer than this for a worker, in seconds.
    private static let patience = 60.0

    private init(_ reading: OverviewReading) {
        let queue = reading.status.queue
        let running = reading.status.fleet.count("running")
        let lost = reading.status.fleet.count("lost")
        let waiting = queue.due + queue.later
        var parts = [
            waiting == 0
                ? "Nothing waits"
                : "\(Number.counted(waiting, "event")) \(waiting == 1 ? "waits" : "wait")"
                    + (queue.oldestSeconds.map { ", the oldest for \(Number.duration($0))" } ?? "")
        ]
        parts.append(
            running == 0 ? "no worker runs" : "\(Number.counted(running, "worker")) \(running == 1 ? "runs" : "run")"
        )
        if lost > 0 { parts.append("\(Number.grouped(lost)) gave no sign of life lately") }
        let failed = reading.slow.failedLastHour
        parts.append(
            failed == 0 ? "nothing failed in the last hour" : "\(Number.grouped(failed)) failed in the last hour"
        )
        let isStuck = queue.due > 0 && (queue.oldestSeconds ?? 0) > Self.patience
        let tone: Tone = running == 0 ? .bad : failed > 0 || lost > 0 || isStuck ? .warn : .ok
        self.init(tone, parts.joined(separator: "; ") + ".")
    }

    /// The state in a word, which is read aloud when it changes: the sentence would be every second.
    var word: String {
        switch tone {
        case .ok: "Well"
        case .bad: "Not well"
        default: "To be looked at"
        }
    }

    var html: HTML {
        let icon: Icon = tone == .ok ? .ok : tone == .bad ? .fail : .alert
        return """
            <p class="sentence"><span class="\(tone.rawValue)">\(icon.html)</span><span>\(text)</span></p>
            """
    }
}

extension Fleet {
    /// How many workers are in this state.
    func count(_ state: String) -> Int { counts.first { $0.state == state }?.workers ?? 0 }
}
