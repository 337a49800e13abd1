extension HTTPVector {
    static let accepted: [HTTPVector] = [
        .post("a declared body is read", ["Content-Length: 5"], "hello", .accepted(["hello"])),
        .post("blanks around Content-Length are lawful", ["Content-Length: \t 5 \t"], "hello", .accepted(["hello"])),
        .post("a blank after the colon is optional", ["Content-Length:5"], "hello", .accepted(["hello"])),
        .post("a declared body of nothing is no body", ["Content-Length: 0"], "", .accepted([""])),
        .post("no length and no coding is no body", [], "", .accepted([""])),
        .post("field names have no case", ["cONTENT-lENGTH: 5"], "hello", .accepted(["hello"])),
        .post("zeros before a length change nothing", ["Content-Length: 0005"], "hello", .accepted(["hello"])),
        .post("an expectation of 100-continue is known", ["Expect: 100-Continue"], "", .accepted([""])),
        .post("identity is no encoding", ["Content-Encoding: identity"], "", .accepted([""])),
        .post("a value may hold tabs", ["X: a\tb"], "", .accepted([""])),
        .post("a value may be empty", ["X:"], "", .accepted([""])),
        .post("a value may hold bytes beyond ASCII", ["X: \u{C3}\u{A9}"], "", .accepted([""])),
        .post("a name may hold every token byte", ["!#$%&'*+-.^_`|~9: 1"], "", .accepted([""])),
        .chunks("chunks are put together", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", .accepted(["hello world"])),
        .chunks("no chunk is an empty body", "0\r\n\r\n", .accepted([""])),
        .chunks(
            "chunk sizes are hexadecimal in either case",
            "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
            .accepted(["01234567890123456789"])
        ),
        .chunks("16 digits are a chunk size", "0000000000000005\r\nhello\r\n0\r\n\r\n", .accepted(["hello"])),
        .chunks("chunk extensions are dropped", "5;a=b;c\r\nhello\r\n0;d\r\n\r\n", .accepted(["hello"])),
        .chunks("a trailer is dropped", "5\r\nhello\r\n0\r\nX-T: 1\r\nY: 2\r\n\r\n", .accepted(["hello"])),
        .chunks("a trailer cannot change the framing", "0\r\nContent-Length: 9\r\n\r\n", .accepted([""])),
        .post("chunked has no case", ["transfer-encoding: ChUnKeD"], "1\r\nx\r\n0\r\n\r\n", .accepted(["x"])),
        .line("one empty line before a request is forgiven", "\r\nPOST /hook HTTP/1.1", .accepted(["x"])),
        .line("absolute form is a path with its authority", "POST http://a:80/hook HTTP/1.1", .accepted(["x"])),
        .line("an unknown method is the service's business", "PROPFIND /hook HTTP/1.1", .accepted(["x"])),
        .line("an asterisk is a target of OPTIONS", "OPTIONS * HTTP/1.1", .accepted(["x"])),
        .line("HTTP/1.0 is spoken", "POST /hook HTTP/1.0", .accepted(["x"])),
        .init("HTTP/1.0 needs no Host", "GET / HTTP/1.0\r\n\r\n", .accepted([""])),
        .init("Host may have a port", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n", .accepted([""])),
        .init("Host may be an IPv6 address", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", .accepted([""])),
        .init(
            "requests follow each other",
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
                + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nho\r\n0\r\n\r\n"
                + "\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n",
            .accepted(["", "hi", "ho", ""])
        ),
        .post("a body that is not whole is not dispatched", ["Content-Length: 10"], "hello", .incomplete),
        .chunks("chunks without their end are not dispatched", "5\r\nhello\r\n0\r\n", .incomplete),
        .init("a head that is not whole is not dispatched", "GET / HTTP/1.1\r\nHost: a\r\n", .incomplete),
    ]
}
