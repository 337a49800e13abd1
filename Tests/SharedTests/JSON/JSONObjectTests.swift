import JSON
import Testing

@Suite struct JSONObjectTests {
    @Test(arguments: [
        "{}", "{ \"b\" : [ 1, {} ] }", "{\"}\":\"]}\\\"}\",\"c\":[[\"\\\\\"]]}",
    ]) func `an object is given back as it is written`(text: String) throws {
        let document = try JSONDocument(Array("{\"x\": [\"}\"], \"a\": \(text) , \"z\":{}}".utf8))
        #expect(String(decoding: try JSONObject(document).object("a").source, as: UTF8.self) == text)
    }

    @Test func `a document may be a list of objects`() throws {
        let objects = try JSONDocument(Array(#"[{"id":1}, null, {"id":2,"x":[{}]}]"#.utf8)).objects()
        #expect(try objects.map { try $0.positiveID("id") } == [1, 2])
        #expect(throws: PayloadProblem("[1]: expected an object")) { try JSONDocument(Array("[{},1]".utf8)).objects() }
        #expect(throws: PayloadProblem("the body: expected a list")) { try JSONDocument(Array("{}".utf8)).objects() }
    }

    @Test func `a field may be a list of texts`() throws {
        let text = #"{"a":["x",null,"\u00e4"],"b":[1],"c":{},"d":null}"#
        let object = try JSONObject(JSONDocument(Array(text.utf8)))
        #expect(try object.textsIfPresent("a") == ["x", "ä"])
        #expect(try object.textsIfPresent("d") == nil && object.textsIfPresent("e") == nil)
        #expect(throws: PayloadProblem("b[0]: expected text")) { try object.textsIfPresent("b") }
        #expect(throws: PayloadProblem("c: expected a list")) { try object.textsIfPresent("c") }
    }

    @Test func `fields whose names are not known are found`() throws {
        let text = #"{"a":{"n":1},"b":[{"n":2}],"c\u0064":{"n":-3},"e":null,"f":{}}"#
        let objects = try JSONObject(JSONDocument(Array(text.utf8))).objects
        #expect(objects.map(\.name) == ["a", "cd", "f"])
        #expect(try objects[1].1.wholeNumber("n") == -3)
        #expect(throws: PayloadProblem("cd.n: expected a positive number")) { try objects[1].1.positiveID("n") }
    }
}
