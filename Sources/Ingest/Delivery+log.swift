import Base

extension Delivery {
    /// What every line about it carries.
    var logKeys: Log.Keys {
        [.eventID: id.text, .deliveryID: deliveryID, .event: event.rawValue, .repository: repositoryName]
    }

    /// The same, with what became of it.
    func logKeys(of answer: Answer) -> Log.Keys {
        var keys = logKeys
        keys[.status] = answer.outcome?.rawValue
        if let row = answer.eventID, row != id { keys[.storedAs] = row.text }
        return keys
    }
}
