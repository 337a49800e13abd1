import Testing

@Suite struct BrowserScannerTests {
    @Test(arguments: [
        "<script>x</script>", "<SCRIPT src=x", "</ script>", "<p onclick=x>", "<p ONload = 'x'>", "<img/onerror=x>",
        "<svg>",
        "<a href=javascript:x>", "<a href=' JaVaScRiPt:x'>", "<a href=\"java&#10;script:x\">",
        "<a href=\"&#106avascript:x\">",
        "<a href=\"javascript&colon;x\">", "<a href=\"javascript&amp;colon;x\">", "<a href=\"java%0Ascript:x\">",
        "<a href=\"%6Aavascript%3Ax\">", "<a href=\"\u{1}javascript:x\">", "<a href=\"java\u{200B}script:x\">",
        "<img src=data:image/svg+xml,x>", "<a href=vbscript:x>", "<p style=\"width:expression(x)\">",
        "<iframe srcdoc=x>",
        "<img title=\"a>b\" src=data:x>",
    ])
    func `what would run is seen`(html: String) {
        #expect(!BrowserScanner.dangers(in: html).isEmpty)
    }

    @Test(arguments: [
        "javascript:x", "&lt;script&gt;", "<p>onclick=x data:x</p>",
        "<a href=\"https://x.y/javascript:x\">onload=x</a>",
        "<img src=\"https://x.y/\" alt=\"javascript:x onload=y\">", "<p style=\"text-align:left\">",
        "<ul data-type=\"taskList\">",
        "<a href=\"https://github.com/o/r/blob/HEAD/data/x\">", "<pre><code>a &lt;svg onload=x&gt;</code></pre>",
    ])
    func `what would not run is not`(html: String) {
        #expect(BrowserScanner.dangers(in: html) == [])
    }
}
