extension Page {
    /// Whether the page is wider than its window, and the elements that make it so.
    package func sidewaysProblems() async throws -> [String] {
        try await run(
            """
            const root = document.scrollingElement, width = root.clientWidth;
            if (root.scrollWidth <= width) return [];
            const wide = [...document.body.querySelectorAll('*')].filter(e => {
                const box = e.getBoundingClientRect();
                return box.width > 0 && box.right + scrollX > width + 0.5;
            });
            // The innermost ones are to blame.
            const blamed = wide.filter(e => !wide.some(other => other !== e && e.contains(other)));
            return [`sideways: ${root.scrollWidth} px in a window of ${width} px`,
                ...blamed.slice(0, 5).map(e => 'sideways: ' + e.outerHTML.slice(0, 100))];
            """
        )
    }

    /// Each text whose color and background are closer than 4.5 to 1 (WCAG 2.2, 1.4.3), once for each pair of colors.
    ///
    /// Backgrounds are those of the text and of what contains it, as far as they are colors. A text on a picture cannot
    /// be judged, and is a problem for that.
    package func contrastProblems(atLeast least: Double = 4.5) async throws -> [String] {
        try await run(Self.contrastScript, .number(least))
    }

    private static let contrastScript = """
        const least = arguments[0];
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 1;
        const brush = canvas.getContext('2d', { willReadFrequently: true });
        const known = new Map();
        // A color in any of the ways to write one, as red, green and blue from 0 to 255 and alpha from 0 to 1.
        function color(text) {
            if (known.has(text)) return known.get(text);
            brush.clearRect(0, 0, 1, 1);
            brush.fillStyle = text;
            brush.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
            known.set(text, [r, g, b, a / 255]);
            return known.get(text);
        }
        function over(top, bottom) {
            return [0, 1, 2].map(i => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1);
        }
        function luminance(color) {
            const [r, g, b] = color.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        }
        function contrast(one, other) {
            const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
            return (high + 0.05) / (low + 0.05);
        }
        // What the browser paints where the page paints nothing: white, or a dark color where the page says so.
        const canvasColor = (() => {
            const scheme = getComputedStyle(document.documentElement).colorScheme;
            const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches;
            const isDark = scheme.includes('dark') && (prefersDark || !scheme.includes('light'));
            return isDark ? [18, 18, 18, 1] : [255, 255, 255, 1];
        })();
        function background(element) {
            const layers = [];
            for (let e = element; e; e = e.parentElement) {
                const style = getComputedStyle(e);
                if (style.backgroundImage !== 'none') return null;
                const layer = color(style.backgroundColor);
                layers.push(layer);
                if (layer[3] === 1) break;
            }
            return layers.reverse().reduce((below, layer) => over(layer, below), canvasColor);
        }
        function opacity(element) {
            let all = 1;
            for (let e = element; e; e = e.parentElement) all *= Number(getComputedStyle(e).opacity);
            return all;
        }
        const found = new Map();
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const text = texts.currentNode.data.trim();
            const element = texts.currentNode.parentElement;
            if (!text || element.closest('script, style, template, noscript')) continue;
            if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
            // What is not operable need not be readable; what is 1 px large is for programs that read aloud.
            if (element.closest(':disabled')) continue;
            const box = element.getBoundingClientRect();
            if (box.width <= 1 || box.height <= 1) continue;
            const style = getComputedStyle(element);
            const ink = color(element instanceof SVGElement ? style.fill : style.color).slice();
            ink[3] *= opacity(element);
            const paper = background(element);
            if (!paper) {
                found.set('picture', `contrast: unknown on a picture: ${text.slice(0, 40)}`);
                continue;
            }
            const ratio = contrast(over(ink, paper), paper);
            if (ratio < least) {
                const key = `${ink} ${paper}`;
                const place = element.tagName.toLowerCase() + [...element.classList].map(c => '.' + c).join('');
                if (!found.has(key)) {
                    found.set(key, `contrast: ${ratio.toFixed(2)} in ${place}: ${text.slice(0, 40)}`);
                }
            }
        }
        return [...found.values()];
        """
}
