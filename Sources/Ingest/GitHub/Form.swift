import HTTP

/// The body of a form-encoded delivery.
enum Form {
    struct Problem: Error, Equatable {
        let description: String

        static let encoding = Problem(description: HTTPForm.Problem.escape.description)
        static let field = Problem(description: "The form must have exactly one field named payload.")
        static let json = Problem(description: "The body is JSON, and Content-Type says that it is a form.")
    }

    /// Space, tab and the ends of lines, which may stand before the brace.
    private static let jsonSpace: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]

    /// The decoded bytes of the one `payload` field; other fields are passed over.
    ///
    /// The content type is not signed. Whoever has a signed JSON body whose text holds `&payload=`, which anybody may
    /// write into an issue, must not have that text read as the delivery; a form would escape the brace.
    static func payload(in body: [UInt8]) throws(Problem) -> [UInt8] {
        guard body.first(where: { !jsonSpace.contains($0) }) != UInt8(ascii: "{") else { throw .json }
        do {
            let payloads = try HTTPForm(body).encoded("payload")
            guard payloads.count == 1 else { throw Problem.field }
            return try HTTPForm.decoded(payloads[0])
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .encoding
        }
    }
}
