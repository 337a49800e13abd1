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

    @Test func `a piece of another statement brings its values along`() {
        let rest: Query = "b = \(Int?.none) and c = \("x")"
        let condition: Query = "a = \(1) and \(rest)"
        let query: Query = "select \(true) where \(condition) limit \(2)"
        #expect(query.sql == "select $1 where a = $2 and b = $3 and c = $4 limit $5")
        let direct: Query = "select \(true) where a = \(1) and b = \(Int?.none) and c = \("x") limit \(2)"
        #expect(query.values == direct.values)
        #expect(query.parameters.map(\.oid) == direct.parameters.map(\.oid))
        #expect(query.parameters.map(\.range) == direct.parameters.map(\.range))
    }
}
