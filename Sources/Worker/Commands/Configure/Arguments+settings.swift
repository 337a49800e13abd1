import Queue
import Sync

extension Arguments {
    /// The changes that the options ask for: first what is cleared, then what is set.
    func settingsChanges() throws(UsageProblem) -> [SettingsChange] {
        var changes = try clearedParts().map(SettingsChange.clear)
        if has("--accept") { changes.append(.accept(try acceptedEvents())) }
        for (state, choice) in try states("--state", of: SettingsChange.IssueState.self) {
            changes.append(.state(state, choice))
        }
        for (state, choice) in try states("--pull-request-state", of: SettingsChange.PullRequestState.self) {
            changes.append(.pullRequestState(state, choice))
        }
        if let word: Switch = try oneOf("--pull-request-links") { changes.append(.pullRequestLinks(word == .on)) }
        if has("--label") { changes.append(.labels(try labelMap())) }
        if has("--priority") { changes.append(.priorities(try priorityRules())) }
        if has("--ignore") { changes.append(.ignore(strings("--ignore"))) }
        if has("--transform") { changes.append(.transform(try transformations())) }
        if let change = try rateChange() { changes.append(change) }
        if has("--new-label") { changes.append(.newLabels(strings("--new-label"))) }
        if let scope: OutboundRules.Scope = try oneOf("--outbound") { changes.append(.outbound(scope)) }
        if let comments: OutboundRules.Comments = try oneOf("--outbound-comments") {
            changes.append(.outboundComments(comments))
        }
        if let mentions: OutboundRules.Mentions = try oneOf("--outbound-mentions") {
            changes.append(.outboundMentions(mentions))
        }
        if let rule: OutboundRules.Deletion = try oneOf("--outbound-delete") { changes.append(.outboundDeletion(rule)) }
        if let name = string("--create-label") {
            guard !name.isEmpty else { throw invalid("--create-label", "the name of a label") }
            changes.append(.createLabel(name))
        }
        if has("--outbound-without") { changes.append(.outboundWithout(try fieldsToKeep())) }
        if let rule: ConflictRule = try oneOf("--conflict") { changes.append(.conflict(rule)) }
        if let change = try issueLinkChange() { changes.append(change) }
        return changes
    }

    private enum Switch: String, CaseIterable { case on, off }

    private func clearedParts() throws(UsageProblem) -> [SettingsPart] {
        var parts: [SettingsPart] = []
        for word in strings("--clear") {
            guard let part = SettingsPart(rawValue: word) else {
                throw invalid("--clear", word, "one of: \(Self.words(SettingsPart.self))")
            }
            parts.append(part)
        }
        return parts
    }

    private func acceptedEvents() throws(UsageProblem) -> [String]? {
        let words = strings("--accept").flatMap { $0.split(separator: ",") }.map { $0.trimming(while: \.isWhitespace) }
        guard words != ["all"] else { return nil }
        for word in words {
            guard word != "all" else { throw problem("--accept all cannot be combined with other events") }
            if let expected = WebhookActions.expected(insteadOf: word) { throw invalid("--accept", word, expected) }
        }
        // Only a comma or a blank was given.
        guard !words.isEmpty else { throw invalid("--accept", "EVENT, EVENT.ACTION or all") }
        return words
    }

    private func states<Key: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Key.Type
    ) throws(UsageProblem) -> [(Key, StateChoice)] where Key.RawValue == String {
        var states: [(Key, StateChoice)] = []
        for text in strings(name) {
            guard let (word, state) = text.split(atFirst: "=", where: { _ in true }), !state.isEmpty,
                let key = Key(rawValue: word)
            else {
                throw invalid(name, text, "KEY=STATE with one of: \(Self.words(Key.self)), as in open=Todo")
            }
            guard !states.contains(where: { $0.0 == key }) else { throw problem("\(name) \(word) is given twice") }
            states.append((key, StateChoice(state)))
        }
        return states
    }

    /// Split at the first `=` that has no backslash before it: both names may contain any.
    private func labelMap() throws(UsageProblem) -> [String: String] {
        var labels: [String: String] = [:]
        for text in strings("--label") {
            guard let (escaped, plane) = text.split(atFirst: "=", where: { $0.last != "\\" }), !escaped.isEmpty,
                !plane.isEmpty
            else { throw invalid("--label", text, "GITHUB=PLANE, with \\= for an equals sign in GitHub's name") }
            let github = escaped.replacing("\\=", with: "=")
            guard !labels.keys.contains(where: { $0.lowercased() == github.lowercased() }) else {
                throw problem("--label \(github) is given twice")
            }
            labels[github] = plane
        }
        return labels
    }

    /// Split at the last `=`: no priority contains one.
    private func priorityRules() throws(UsageProblem) -> [PriorityRule] {
        var rules: [PriorityRule] = []
        for text in strings("--priority") {
            guard let equals = text.lastIndex(of: "="), equals > text.startIndex,
                let priority = Priority(rawValue: String(text[text.index(after: equals)...]))
            else { throw invalid("--priority", text, "LABEL=PRIORITY with one of: \(Self.words(Priority.self))") }
            rules.append(PriorityRule(label: String(text[..<equals]), priority: priority))
        }
        return rules
    }

    private func fieldsToKeep() throws(UsageProblem) -> [OutboundRules.Field] {
        let words = strings("--outbound-without")
        guard words != ["nothing"] else { return [] }
        var fields: [OutboundRules.Field] = []
        for word in words {
            guard let field = OutboundRules.Field(rawValue: word) else {
                throw invalid("--outbound-without", word, "nothing or one of: \(Self.words(OutboundRules.Field.self))")
            }
            if !fields.contains(field) { fields.append(field) }
        }
        return fields
    }

    private func transformations() throws(UsageProblem) -> [Transformation] {
        var rules: [Transformation] = []
        for text in strings("--transform") {
            guard let rule = Transformation(text) else {
                throw invalid(
                    "--transform",
                    text,
                    "FIELD=VALUE or 'FIELD=VALUE when JSONPATH' with a field of: \(Self.words(Transformation.Field.self))"
                )
            }
            rules.append(rule)
        }
        return rules
    }

    private func rateChange() throws(UsageProblem) -> SettingsChange? {
        guard let text = string("--rate") else {
            guard !has("--burst") else { throw problem("--burst is given without --rate") }
            return nil
        }
        guard text != "none" else {
            guard !has("--burst") else { throw problem("--burst cannot be combined with --rate none") }
            return .clear(.rate)
        }
        guard text.allSatisfy(\.isASCIIDigit), let perMinute = Int(text), RateLimit.range.contains(perMinute) else {
            throw invalid(
                "--rate",
                "none or a number from \(RateLimit.range.lowerBound) to \(RateLimit.range.upperBound)"
            )
        }
        return .rate(RateLimit(perMinute: perMinute, burst: try int("--burst", in: RateLimit.range) ?? perMinute))
    }

    private func issueLinkChange() throws(UsageProblem) -> SettingsChange? {
        guard let text = string("--issue-link") else { return nil }
        guard text != "off" else { return .clear(.issueLink) }
        guard let link = IssueLink(text) else { throw invalid("--issue-link", "off, or \(IssueLink.expected)") }
        return .issueLink(link)
    }

    private static func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String
    where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension Transformation {
    /// Reads `FIELD=VALUE` or `FIELD=VALUE when JSONPATH`; a value that begins with `$` is a path.
    ///
    /// The condition begins at the first ` when `. Nil for anything else.
    init?(_ text: String) {
        guard let (name, rest) = text.split(atFirst: "=", where: { _ in true }), let field = Field(rawValue: name)
        else {
            return nil
        }
        let when = rest.firstRange(of: " when ")
        let value = String(when.map { rest[..<$0.lowerBound] } ?? rest[...])
        guard !value.isEmpty else { return nil }
        self.init(
            field: field,
            value: value.hasPrefix("$") ? .path(value) : .constant(value),
            condition: when.map { String(rest[$0.upperBound...]) }
        )
    }
}

extension String {
    /// The text on both sides of the first `separator` whose text before it is accepted.
    fileprivate func split(
        atFirst separator: Character,
        where accepts: (Substring) -> Bool
    ) -> (String, String)? {
        indices.first { self[$0] == separator && accepts(self[..<$0]) }
            .map { (String(self[..<$0]), String(self[index(after: $0)...])) }
    }
}

extension Substring {
    fileprivate func trimming(while isUnwanted: (Character) -> Bool) -> String {
        String(drop(while: isUnwanted).reversed().drop(while: isUnwanted).reversed())
    }
}
