/// One figure of one side in one round.
struct Measurement {
    /// What is compared with its counterpart: a part, a case of it and a figure of that.
    struct Subject: Hashable {
        let part, name, figure: String
    }

    let subject: Subject
    let side: String
    let round: Int
    let value: Double

    /// Reads part, case, side, round, figure and value, separated by tabs.
    init?(_ line: Substring) {
        let fields = line.split(separator: "\t").map(String.init)
        guard fields.count == 6, let round = Int(fields[3]), let value = Double(fields[5]) else { return nil }
        subject = Subject(part: fields[0], name: fields[1], figure: fields[4])
        side = fields[2]
        self.round = round
        self.value = value
    }
}
