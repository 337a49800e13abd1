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
}
