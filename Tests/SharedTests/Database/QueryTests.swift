import Testing

@testable import Database

@Suite struct QueryTests {
    @Test func `each interpolation becomes a bound parameter`() {
        let query: Query = "select \(1) + \(2), \("it's")"
        #expect(query.sql == "select $1 + $2, $3")
        #expect(query.parameters.map(\.oid) == [20, 20, 25])
        #expect(Array(query.values.suffix(4)) == Array("it's".utf8))
    }

    @Test func `nil is bound as null of its type`() {
        let query: Query = "select \(Int?.none)"
        #expect(query.parameters.map(\.oid) == [20])
        #expect(query.parameters[0].range == nil)
    }

    @Test func `an array is one parameter of the array's type`() {
        let query: Query = "select \(["a", "b"])"
        #expect(query.sql == "select $1")
        #expect(query.parameters.map(\.oid) == [1009])
    }
}
