import HTTP

extension HTTPVector {
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    static let lengths: [HTTPVector] = [
        .post(
            "a length and a coding",
            ["Content-Length: 5", "Transfer-Encoding: chunked"],
            "0\r\n\r\n" + smuggled,
            .refused(.lengthAndEncoding)
        ),
        .post(
            "a coding and a length",
            ["Transfer-Encoding: chunked", "Content-Length: 5"],
            "0\r\n\r\n" + smuggled,
            .refused(.lengthAndEncoding)
        ),
        .post(
            "two lengths that differ",
            ["Content-Length: 0", "Content-Length: 36"],
            smuggled,
            .refused(.contentLength)
        ),
        .post("two lengths that agree", ["Content-Length: 5", "Content-Length: 5"], "hello", .refused(.contentLength)),
        .post("a list of lengths", ["Content-Length: 5, 5"], "hello", .refused(.contentLength)),
        .post("a length with a plus", ["Content-Length: +5"], "hello", .refused(.contentLength)),
        .post("a length with a minus", ["Content-Length: -5"], "hello", .refused(.contentLength)),
        .post("a length in hexadecimal", ["Content-Length: 0x5"], "hello", .refused(.contentLength)),
        .post("a length with a space", ["Content-Length: 5 5"], "hello", .refused(.contentLength)),
        .post("a length with a letter", ["Content-Length: 5a"], "hello", .refused(.contentLength)),
        .post("a length with a point", ["Content-Length: 5.0"], "hello", .refused(.contentLength)),
        .post("a length with an underscore", ["Content-Length: 0_5"], "hello", .refused(.contentLength)),
        .post("an empty length", ["Content-Length: "], "hello", .refused(.contentLength)),
        .post("a length of 2^64 + 5", ["Content-Length: 18446744073709551621"], "hello", .refused(.contentLength)),
        .post("a length of 26 digits", ["Content-Length: 99999999999999999999999999"], "", .refused(.contentLength)),
        .post("digits of another script", ["Content-Length: \u{D9}\u{A5}"], "hello", .refused(.contentLength)),
        .post("nothing follows a refusal", ["Content-Length: x"], smuggled, .refused(.contentLength)),
        .post("a declared length over the limit", ["Content-Length: 1001"], "", .refused(.bodyTooLarge)),
        .post("the largest declared length", ["Content-Length: 999999999999999999"], "", .refused(.bodyTooLarge)),
        .post("an unknown coding", ["Transfer-Encoding: xchunked"], "", .refused(.unknownTransferEncoding)),
        .post("the identity coding", ["Transfer-Encoding: identity"], "", .refused(.unknownTransferEncoding)),
        .post("an empty coding", ["Transfer-Encoding: "], "", .refused(.transferEncoding)),
        .post("a list of codings", ["Transfer-Encoding: gzip, chunked"], "", .refused(.transferEncoding)),
        .post("chunked twice", ["Transfer-Encoding: chunked, chunked"], "", .refused(.transferEncoding)),
        .post(
            "chunked in two fields",
            ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
            "",
            .refused(.transferEncoding)
        ),
        .post("chunked in quotes", ["Transfer-Encoding: \"chunked\""], "", .refused(.transferEncoding)),
        .post("chunked with a vertical tab", ["Transfer-Encoding: \u{B}chunked"], "", .refused(.controlByte)),
        .init(
            "chunked on HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .refused(.transferEncoding)
        ),
    ]

    static let chunked: [HTTPVector] = [
        .chunks("a size with a prefix", "0x5\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("a size with a plus", "+5\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("a size with a minus", "-0\r\n\r\n", .refused(.chunk)),
        .chunks("a size with an underscore", "0_5\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("a space before a size", " 5\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("a space after a size", "5 \r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("an empty size", "\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("an extension without a size", ";a\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("a size that is not hexadecimal", "5g\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("a size of 17 digits", "10000000000000005\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("a size beyond 2^63", "8000000000000005\r\nhello\r\n0\r\n\r\n", .refused(.bodyTooLarge)),
        .chunks("the largest size", "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n", .refused(.bodyTooLarge)),
        .chunks("zeros without end", String(repeating: "0", count: 70_000), .refused(.chunk)),
        .chunks("LF after a size", "5\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("CR alone after a size", "5\rhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("LF after the data", "5\r\nhello\n0\r\n\r\n", .refused(.chunk)),
        .chunks("CR alone after the data", "5\r\nhello\r0\r\n\r\n", .refused(.chunk)),
        .chunks("LF at the end", "5\r\nhello\r\n0\n\n", .refused(.chunk)),
        .chunks("LF in the last line", "5\r\nhello\r\n0\r\n\n", .refused(.lineEnding)),
        .chunks("CR alone in an extension", "5;a\rx\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("LF in an extension", "5;a\nx\r\nhello\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("other bytes after the data", "5\r\nhelloXX0\r\n\r\n", .refused(.chunk)),
        .chunks("more data than announced", "5\r\nhelloWORLD\r\n0\r\n\r\n", .refused(.chunk)),
        .chunks("LF in a trailer", "0\r\nX: a\nY: b\r\n\r\n", .refused(.lineEnding)),
        .chunks("a trailer that is no field", "0\r\nnonsense\r\n\r\n", .refused(.field)),
        .chunks("a folded trailer", "0\r\nX: 1\r\n 2\r\n\r\n", .refused(.foldedField)),
        .chunks(
            "chunks over the limit together",
            "3E8\r\n" + String(repeating: "x", count: 1000) + "\r\n1\r\n",
            .refused(.bodyTooLarge)
        ),
    ]

    static let bombs: [HTTPVector] = [
        .line(
            "a target of 64 kB",
            "POST /" + String(repeating: "a", count: 65_536) + " HTTP/1.1",
            .refused(.targetTooLong)
        ),
        .post("101 fields", (0..<100).map { "X\($0): 1" }, "", .refused(.tooManyFields)),
        .post("100 fields", (0..<99).map { "X\($0): 1" }, "", .accepted([""])),
        .post("a field of 1 MB", ["X: " + String(repeating: "a", count: 1_048_576)], "", .refused(.headTooLarge)),
        .post(
            "33 kB in large fields",
            (0..<33).map { "X\($0): " + String(repeating: "a", count: 1000) },
            "",
            .refused(.headTooLarge)
        ),
        .chunks("one extension of 64 kB", "5;" + String(repeating: "a", count: 65_536), .refused(.chunkExtensions)),
        .chunks(
            "5 kB in small extensions",
            String(repeating: "1;aaaaa\r\nx\r\n", count: 1000),
            .refused(.chunkExtensions)
        ),
        .chunks("a trailer of 64 kB", "0\r\nX: " + String(repeating: "a", count: 65_536), .refused(.trailersTooLarge)),
        .chunks(
            "a trailer of many fields",
            "0\r\n" + String(repeating: "X: a\r\n", count: 10_000),
            .refused(.trailersTooLarge)
        ),
    ]
}
