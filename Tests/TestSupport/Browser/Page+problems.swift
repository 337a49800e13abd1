/// What must hold of any page of ours; each check gives a line for each thing that is wrong.
extension Page {
    /// Everything that is wrong with the page as it is shown now, in the scheme, width and window of the moment.
    package func problems() async throws -> [String] {
        try await consoleProblems() + sidewaysProblems() + contrastProblems() + namelessProblems()
            + keyboardProblems()
    }

    /// The same, in both schemes and at the width of a telephone, each after the page was loaded anew.
    ///
    /// Afterwards the page is shown as at first.
    package func problemsInAllLooks(width: Int = 360) async throws -> [String] {
        var problems: [String] = []
        for scheme in Scheme.allCases {
            try await prefer(scheme)
            for width in [nil, width] {
                try await setWidth(width)
                try await reload()
                let look = "\(scheme.rawValue), \(width.map { "\($0) px" } ?? "window")"
                problems += try await self.problems().map { "\(look): \($0)" }
            }
        }
        try await prefer(.light)
        try await setWidth(nil)
        try await reload()
        return problems
    }

    /// Headings, links and controls that are there only where scripts run, but those that fit the selector `except`,
    /// which are of use only with a script.
    package func scriptProblems(except: String = "[data-script-only]") async throws -> [String] {
        let withScript: [String] = try await run(Self.offers, .text(except))
        try await allowScripts(false)
        try await reload()
        let without: [String] = try await run(Self.offers, .text(except))
        try await allowScripts(true)
        try await reload()
        guard !without.isEmpty || withScript.isEmpty else { return ["script: without it the page is empty"] }
        return withScript.filter { !without.contains($0) }.map { "script: not there without it: \($0)" }
    }

    private static let offers = """
        const all = document.querySelectorAll(
            'h1, h2, h3, a[href], button, input:not([type=hidden]), select, textarea, summary, table');
        return [...all].filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest(arguments[0]))
            .map(e => [e.tagName.toLowerCase(), e.getAttribute('href') ?? e.name ?? '',
                /^(H[1-3]|BUTTON|SUMMARY)$/.test(e.tagName) ? e.innerText.trim() : ''].join(' ').trim());
        """
}
