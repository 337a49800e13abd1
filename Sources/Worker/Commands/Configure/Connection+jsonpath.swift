import Database

extension Connection {
    /// Refuses a text that PostgreSQL cannot read as a `jsonpath` predicate, with PostgreSQL's own message.
    ///
    /// `option` is the option that the operator gave it with.
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

    /// Refuses a text that PostgreSQL cannot read as a `jsonpath`, with PostgreSQL's own message.
    func checkPath(_ path: String, option: String) throws {
        let canonical: String
        do {
            canonical = try run("select \(path)::jsonpath::text as path")[0].get("path")
        } catch let error as DatabaseError where error.isAboutTheValue {
            throw CommandFailure("\(option) is '\(path)', which PostgreSQL refuses: \(error.message)")
        }
        // PostgreSQL looks for the variable only when a payload reaches that part of the path, and then it fails even
        // where errors are silenced.
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

    /// Whether a path as PostgreSQL prints it uses a variable, written `$"name"`; other quotes begin texts.
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
    /// Whether the text that the operator wrote caused the error.
    ///
    /// SQLSTATE 22…: bad data. 42601: syntax. 0A000: not supported. 42704: no such variable.
    fileprivate var isAboutTheValue: Bool {
        guard let state = sqlState else { return false }
        return state.hasPrefix("22") || ["42601", "0A000", "42704"].contains(state)
    }
}
