/// What a `<pre>` of the source has held so far.
struct PreformattedText {
    var language: [UInt8] = []
    var text: [UInt8] = []
}
