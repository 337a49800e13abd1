import Foundation

extension SyncSettings {
    /// Why a document cannot be settings: the place in it, and what was expected there.
    package struct DocumentProblem: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// The largest size of a document, in bytes.
    package static let maximumSize = 65_536

    /// Reads a document.
    ///
    /// Strictly, for one that a person wrote: an unknown key is refused, and the error lists the known keys.
    package init(document: String, isStrict: Bool) throws(DocumentProblem) {
        let decoder = JSONDecoder()
        if isStrict, let key = CodingUserInfoKey.refusesUnknownKeys { decoder.userInfo[key] = true }
        do {
            self = try decoder.decode(Self.self, from: Data(document.utf8))
        } catch let error as DecodingError {
            throw DocumentProblem(description: Self.description(of: error))
        } catch {
            throw DocumentProblem(description: "\(error)")
        }
    }

    /// The document on one line, with sorted keys.
    package func document() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private static func description(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(path(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "\(path(context.codingPath)) is no \(word(type))"
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "it is not JSON"
        case .dataCorrupted(let context): "\(path(context.codingPath)): \(context.debugDescription)"
        @unknown default: "it cannot be read"
        }
    }

    /// A place such as `transform[1].set`, counted from 0 as in jsonpath.
    private static func path(_ keys: [any CodingKey]) -> String {
        guard !keys.isEmpty else { return "the document" }
        return keys.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }

    private static func word(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Int.Type: "whole number"
        case is Bool.Type: "true or false"
        case is [Any].Type: "list"
        default: "object"
        }
    }
}
