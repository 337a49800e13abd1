import Foundation

/// An answer as it came over the wire.
struct HTTPAnswer: Sendable {
    let status: Int
    let fields: AnswerFields
    let body: [UInt8]
    /// The path where a redirect led.
    var movedTo: String?
}

/// Header fields of an answer, found by their names in lower case.
struct AnswerFields: Sendable {
    private var values: [String: String]

    init(_ values: [String: String] = [:]) { self.values = values }

    subscript(name: String) -> String? { values[name] }

    /// Adds a field; the values of one name are a list (RFC 9110, section 5.3).
    mutating func add(_ name: String, _ value: String) {
        let name = name.lowercased()
        values[name] = values[name].map { "\($0), \(value)" } ?? value
    }

    /// The type of the body without its parameters, in lower case.
    var mediaType: String? {
        self["content-type"]?.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// The address that a Link field (RFC 8288) has for this relation.
    func link(_ relation: String) -> URL? {
        for link in self["link"]?.components(separatedBy: ",") ?? [] {
            let parts = link.components(separatedBy: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let address = parts.first, address.hasPrefix("<"), address.hasSuffix(">"),
                parts.dropFirst().contains("rel=\"\(relation)\"")
            else { continue }
            return URL(string: String(address.dropFirst().dropLast()))
        }
        return nil
    }
}
