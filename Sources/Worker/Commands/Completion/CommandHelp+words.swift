extension [CommandHelp] {
    /// The words a command line can begin with, in order.
    var firstWords: [String] {
        reduce(into: []) { words, command in if !words.contains(command.words[0]) { words.append(command.words[0]) } }
    }

    /// The commands of two words that begin with this one.
    func group(_ first: String) -> [CommandHelp] { filter { $0.words.count == 2 && $0.words[0] == first } }
}
