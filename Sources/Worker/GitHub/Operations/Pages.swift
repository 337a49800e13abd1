import Base
import Foundation
import JSON

/// One page of a list.
package struct Page<Element: Sendable>: Sendable {
    package let elements: [Element]
    /// Why other elements cannot be read, which is no reason to lose the page.
    package let problems: [PayloadProblem]
}

/// The pages of a list, in GitHub's order, by the links that GitHub sends.
///
/// What changes while a list is read moves within it, so an element may come twice or be missed. Who needs all of them
/// asks again from the last time that was seen.
package struct Pages<Element: Sendable>: Sendable {
    /// How many pages the list has, by the last answer; nil before the first page and before the end of a list that
    /// GitHub does not number.
    package private(set) var count: Int?

    private let client: GitHubClient
    private let read: @Sendable (JSONObject) throws(PayloadProblem) -> Element
    private var next: APIRequest?
    private var seen: Set<String> = []

    init(
        _ client: GitHubClient,
        _ first: APIRequest,
        unless etag: String?,
        _ read: @escaping @Sendable (JSONObject) throws(PayloadProblem) -> Element
    ) {
        self.client = client
        self.read = read
        next = first
        next?.etag = etag
    }

    package var hasNext: Bool { next != nil }

    /// Where the next page is; nil behind the last one.
    package var nextPath: String? { next?.path }

    /// Reads the next page; after an error the same page can be asked for again.
    /// - Returns: nil behind the last page; "not modified" only of the first.
    package mutating func nextPage() async throws(GitHubError) -> Answer<Conditional<Page<Element>>>? {
        guard let request = next else { return nil }
        let answer = try await client.call(request)
        guard answer.status != 304 else {
            next = nil
            return Answer(.notModified, answer)
        }
        let page = try page(answer, request)
        seen.insert(request.path)
        next = try following(answer, request)
        count = next == nil ? seen.count : answer.fields.link("last")?.pageNumber
        return Answer(.modified(page), answer)
    }

    private func page(_ answer: HTTPAnswer, _ request: APIRequest) throws(GitHubError) -> Page<Element> {
        let document = try answer.document(of: request)
        let objects: [JSONObject]
        do {
            objects = try document.objects()
        } catch {
            throw .transient("the answer cannot be read: \(error)")
        }
        var elements: [Element] = []
        var problems: [PayloadProblem] = []
        for object in objects {
            do { elements.append(try read(object)) } catch { problems.append(error) }
        }
        return Page(elements: elements, problems: problems)
    }

    private func following(_ answer: HTTPAnswer, _ request: APIRequest) throws(GitHubError) -> APIRequest? {
        guard let link = answer.fields.link("next") else { return nil }
        guard let path = client.transport.address.path(of: link) else { throw .moved(to: link.path) }
        guard !seen.contains(path) else {
            throw .transient("the pages of a list lead back to one of them")
        }
        var following = request
        following.path = path
        following.etag = nil
        return following
    }
}

extension URL {
    fileprivate var pageNumber: Int? {
        let items = URLComponents(url: self, resolvingAgainstBaseURL: true)?.queryItems
        return items?.first { $0.name == "page" }?.value.flatMap { UInt32($0) }.map { Int($0) }
    }
}
