import JSON

/// What a tool gave back: a JSON document, in one of the shapes that servers use.
struct MCPContent {
    private let document: JSONDocument
    /// The object that has the content; nil if the content is a list.
    private let object: JSONObject?

    /// Reads the result of `tools/call`.
    ///
    /// Newer servers have it as `structuredContent`, all have it as JSON in a text.
    /// - Throws: the words of the tool where it failed.
    init(_ result: JSONObject) throws(Failure) {
        let texts = (try? result.objectsIfPresent("content") { $0.textIfReadable("text") })?.compactMap(\.self) ?? []
        if result.isTrue("isError") { throw .words(texts.joined(separator: "\n")) }
        // A server that wants something of a person first has done nothing yet, as far as it says.
        if let type = result.textIfReadable("resultType"), type != "complete" {
            throw .unreadable("it is not complete")
        }
        do {
            if let structured = try result.objectIfPresent("structuredContent") {
                document = try JSONDocument(Array(structured.source))
            } else {
                document = try JSONDocument(Array((texts.first ?? "").utf8))
            }
        } catch {
            throw .unreadable("\(error)")
        }
        object = try? JSONObject(document)
    }

    enum Failure: Error {
        case words(String)
        case unreadable(String)
    }

    /// The object itself, or the one under `name`.
    func object(_ name: StaticString) throws(PayloadProblem) -> JSONObject {
        guard let object else { throw PayloadProblem("the content: expected an object") }
        return try object.objectIfPresent(name) ?? object
    }

    /// The objects of a list, which may be under `name`.
    func objects(_ name: StaticString) throws(PayloadProblem) -> [JSONObject] {
        guard let object else { return try document.objects() }
        return try object.objectsIfPresent(name) { (object) throws(PayloadProblem) in object } ?? []
    }
}
