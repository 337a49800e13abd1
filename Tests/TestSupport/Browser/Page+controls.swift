extension Page {
    /// Each control that has no name for those who do not see it, as the browser tells assistive programs.
    package func namelessProblems() async throws -> [String] {
        struct Tree: Decodable { let nodes: [Node] }
        struct Node: Decodable {
            struct Text: Decodable { let value: WireValue? }
            let ignored: Bool
            let role: Text?
            let name: Text?
            let backendDOMNodeId: Int?
        }
        let tree = try await devTools("Accessibility.getFullAXTree", as: Tree.self)
        var problems: [String] = []
        for node in tree.nodes where !node.ignored {
            guard case .text(let role)? = node.role?.value, Self.controlRoles.contains(role) else { continue }
            if case .text(let name)? = node.name?.value, name.contains(where: { !$0.isWhitespace }) { continue }
            problems.append("nameless: \(role) \(try await html(ofNode: node.backendDOMNodeId))")
        }
        return problems
    }

    /// What somebody can do something with.
    private static let controlRoles: Set<String> = [
        "button", "checkbox", "combobox", "ComboBoxSelect", "ComboBoxMenuButton", "ComboBoxGrouping", "ColorWell",
        "Date", "DateTime", "DisclosureTriangle", "DisclosureTriangleGrouped", "InputTime", "link", "listbox",
        "menuitem", "menuitemcheckbox", "menuitemradio", "option", "PopUpButton", "radio", "searchbox", "slider",
        "spinbutton", "switch", "tab", "textbox", "ToggleButton", "treeitem",
    ]

    private func html(ofNode id: Int?) async throws -> String {
        struct Answer: Decodable { let outerHTML: String }
        guard let id else { return "" }
        let node: WireValue = ["backendNodeId": .number(Double(id))]
        return String(try await devTools("DOM.getOuterHTML", node, as: Answer.self).outerHTML.prefix(100))
    }

    /// Each control that the Tab key does not come to, or that does not show that it has the focus.
    ///
    /// It presses Tab until the focus has been everywhere, which leaves the focus somewhere.
    package func keyboardProblems() async throws -> [String] {
        struct Focus: Decodable {
            let index: Int
            let isVisible: Bool
        }
        let controls: [String] = try await run(Self.rememberControls)
        var shown: [Int: Bool] = [:]
        // The focus may stop at what is no control of ours, such as a region that scrolls.
        for _ in 0..<(2 * controls.count + 10) where shown.count < controls.count {
            try await press(.tab)
            let focus: Focus = try await run(Self.readFocus)
            if focus.index >= 0 { shown[focus.index] = shown[focus.index] ?? focus.isVisible }
        }
        return controls.enumerated().compactMap { index, control in
            switch shown[index] {
            case true?: nil
            case false?: "keyboard: the focus does not show: \(control)"
            case nil: "keyboard: Tab does not come to: \(control)"
            }
        }
    }

    /// Finds the controls and keeps them with their looks; of a group of radio buttons one stands for all.
    private static let rememberControls = """
        const selector = 'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, ' +
            '[contenteditable], [tabindex]:not([tabindex="-1"]), [onclick], [role=button], [role=link], [role=checkbox], [role=switch], ' +
            '[role=tab], [role=menuitem]';
        document.activeElement?.blur();
        getSelection().removeAllRanges();
        window.planeTestFind = () => {
            const groups = new Set();
            return [...document.querySelectorAll(selector)].filter(e => {
                if (e.matches(':disabled') || e.closest('[inert]')) return false;
                if (!e.checkVisibility({ visibilityProperty: true })) return false;
                if (e.type !== 'radio') return true;
                const group = `${e.form?.id} ${e.name}`;
                return !groups.has(group) && groups.add(group);
            });
        };
        const controls = window.planeTestFind();
        window.planeTestLook = e => {
            const look = x => {
                const s = getComputedStyle(x), ring = parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== 'none';
                return [ring && `${s.outlineStyle} ${s.outlineWidth} ${s.outlineColor}`, s.boxShadow, s.color,
                    s.backgroundColor, s.borderTopColor, s.borderTopWidth, s.textDecorationLine].join(';');
            };
            // A control may leave it to its label to show the focus.
            return [e, ...(e.labels ?? [])].map(look).join('|');
        };
        window.planeTestControls = controls.map(e => [e, window.planeTestLook(e)]);
        return controls.map(e => e.outerHTML.slice(0, 100));
        """

    private static let readFocus = """
        const e = document.activeElement;
        const same = other => other === e
            || (e.type === 'radio' && other.type === 'radio' && other.name === e.name && other.form === e.form);
        let index = window.planeTestControls.findIndex(([other]) => same(other));
        // A page that shows news may have made the control anew since; then it is where the old one was.
        if (index < 0) {
            const now = window.planeTestFind();
            if (now.length === window.planeTestControls.length) index = now.findIndex(same);
        }
        if (index < 0) return { index, isVisible: false };
        return { index, isVisible: window.planeTestLook(e) !== window.planeTestControls[index][1] };
        """
}
