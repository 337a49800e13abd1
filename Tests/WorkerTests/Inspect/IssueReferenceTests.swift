import Testing

@testable import Database
@testable import Inspect

@Suite struct IssueReferenceTests {
    @Test(arguments: [
        ("GH-12", IssueReference.plane(project: "GH", number: 12), "GH-12"),
        ("gh-1", .plane(project: "gh", number: 1), "GH-1"),
        ("acme-labs/rocket#12", .gitHub(repository: "acme-labs/rocket", number: 12), "acme-labs/rocket#12"),
        ("acme-labs/rocket/12", .gitHub(repository: "acme-labs/rocket", number: 12), "acme-labs/rocket#12"),
        ("acme/rocket-2#7", .gitHub(repository: "acme/rocket-2", number: 7), "acme/rocket-2#7"),
        ("#12", .number(12), "#12"),
    ])
    func `an issue is named as in Plane or as on GitHub`(
        _ text: String,
        _ reference: IssueReference,
        _ description: String
    ) {
        #expect(IssueReference(text) == reference)
        #expect(reference.description == description)
    }

    @Test(arguments: [
        "", "12", "GH", "GH-", "GH-0", "GH--1", "-12", "GH-12x", "G H-12", "GH-1234567890", "#", "#-1", "#0",
        "rocket#12",
        "a/b/c#12", "/12", "a/12", "GH-١٢", "GH-12; drop table", "' or 1=1 -- -1",
    ])
    func `anything else is no issue`(_ text: String) { #expect(IssueReference(text) == nil) }

    @Test func `a filter whose issue was not found yet lets nothing through`() {
        let filter = EventFilter(issue: .number(12))
        #expect(filter.condition.sql.contains("and false"))
        #expect(!EventFilter().condition.sql.contains("and false"))
    }
}
