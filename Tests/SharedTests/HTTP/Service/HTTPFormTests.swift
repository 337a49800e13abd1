import HTTP
import TestSupport
import Testing

@Suite struct HTTPFormTests {
    private static func form(_ text: String) -> HTTPForm { HTTPForm(Array(text.utf8)) }

    @Test(arguments: [
        ("a=%7B%22b%22%3A1%7D", ["{\"b\":1}"]), ("a=a+b%20c%2Bd", ["a b c+d"]), ("a=", [""]), ("a", [""]),
        ("a=b=c", ["b=c"]), ("other=1&a=x&more=%zz&more=%ff", ["x"]), ("&&a=x&", ["x"]), ("%61=x", ["x"]),
        ("a=%C3%a9", ["é"]), ("a=%25%26%3d", ["%&="]), ("A=1&a=2", ["2"]), ("a=1&b=2&a=3", ["1", "3"]), ("", []),
        ("b=1", []), ("=a", []), ("a=%00", ["\0"]), ("a%20=1", []), ("a;b=1", []),
    ]) func `fields are found by name and decoded`(text: String, values: [String]) throws {
        #expect(try Self.form(text).all("a") == values)
        #expect(try HTTPForm(query: text).all("a") == values)
    }

    @Test func `a name may be encoded, or empty`() throws {
        #expect(try Self.form("a+b%26=1").all("a b&") == ["1"])
        #expect(try Self.form("=1&a").all("") == ["1"])
        #expect(try HTTPForm(query: nil).all("a") == [])
    }

    @Test(arguments: ["a=%", "a=%7", "a=%7g", "a=%%41", "a=b%2", "%=1&a=x", "a=%+1", "a=%-1"])
    func `a broken escape is refused`(text: String) {
        #expect(throws: HTTPForm.Problem.escape) { try Self.form(text).all("a") }
    }

    @Test(arguments: ["a=%ff", "a=%C3", "a=%ED%A0%80"]) func `bytes that are no text are refused`(text: String) throws {
        #expect(throws: HTTPForm.Problem.notText) { try Self.form(text).all("a") }
        #expect(try Self.form(text).encoded("a").count == 1)
    }

    @Test func `a field that may be there once is refused where it is there twice`() throws {
        #expect(try Self.form("a=1&b=2&b=3").only("a") == "1")
        #expect(try Self.form("b=2").only("a") == nil)
        #expect(throws: HTTPForm.Problem.repeated) { try Self.form("a=1&%61=1").only("a") }
    }

    @Test func `values that are not asked for are not decoded`() throws {
        let values = try Self.form("a=%zz&a=%41").encoded("a")
        #expect(values.map { Array($0) } == [Array("%zz".utf8), Array("%41".utf8)])
        #expect(try HTTPForm.decoded(values[1]) == Array("A".utf8))
    }

    @Test func `whatever is escaped reads back`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let digits = Array("0123456789abcdefABCDEF".utf8)
            let escaped = bytes.flatMap { byte in
                let upper = Bool.random(using: &generator) ? 6 : 0
                let digit = { (value: UInt8) in digits[Int(value) + (value > 9 ? upper : 0)] }
                return [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
            }
            #expect(PercentEncoding.decoded(escaped) == bytes)
        }
        #expect(PercentEncoding.decoded("a+b".utf8) == Array("a+b".utf8))
    }
}
