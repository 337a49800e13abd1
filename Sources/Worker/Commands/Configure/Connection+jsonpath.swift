import Database

extension Connection {
    /// Refuses what is no `jsonpath`, or no predicate, in PostgreSQL's words.
    ///
    /// `option` is how the operator names it.
    func checkPredicate(_ predicate: String, option: String) throws {
        try checkPath(predicate, option: option)
        do {
            try run("select jsonb_path_match('{}', \(predicate)::jsonpath)")
        } catch let error as DatabaseError where error.isAboutTheValue {
            throw CommandFailure(
                "\(option) is '\(predicate)', which is not true or false (PostgreSQL: \(error.message)): "
                    + Self.advice(predicate)
            )
        }
    }

    /// Refuses what is no `jsonpath`, in PostgreSQL's words.
    func checkPath(_ path: String, option: String) throws {
        let canonical: String
        do {
            canonical = try run("select \(path)::jsonpath::text as path")[0].get("path")
        } catch let error as DatabaseError where error.isAboutTheValue {
            throw CommandFailure("\(option) is '\(path)', which PostgreSQL refuses: \(error.message)")
        }
        // Only met when a payload reaches it, and then an error even where errors are silenced.
        guard !Self.hasVariable(canonical) else {
            throw CommandFailure("\(option) is '\(path)', expected a path without variables: there are none")
        }
    }

    private static func advice(_ predicate: String) -> String {
        let modes = ["strict ", "lax "]
        let mode = modes.first { predicate.hasPrefix($0) } ?? ""
        let path = predicate.dropFirst(mode.count)
        guard path.contains("?") else {
            return "compare it with something, as in '\(predicate) == true', or write '\(mode)exists(\(path))'"
        }
        return "write '\(mode)exists(\(path))'"
    }

    /// Whether a path as PostgreSQL prints it uses a variable: `$"name"`, where every other quote opens a text.
    private static func hasVariable(_ canonical: String) -> Bool {
        var isInText = false
        var isEscaped = false
        var last: Unicode.Scalar = " "
        for scalar in canonical.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if isInText, scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" {
                if !isInText, last == "$" { return true }
                isInText.toggle()
            }
            last = scalar
        }
        return false
    }
}

extension DatabaseError {
    /// Whether what the operator wrote is at fault.
    ///
    /// 22…: bad data. 42601: syntax. 0A000: not supported. 42704: no such variable.
    fileprivate var isAboutTheValue: Bool {
        guard let state = sqlState else { return false }
        return state.hasPrefix("22") || ["42601", "0A000", "42704"].contains(state)
    }
}
