import Testing

@testable import HTTP

@Suite struct AddressTests {
    @Test(arguments: ["127.0.0.1:8080", "[::1]:0", "0.0.0.0:80", "[::]:65535", "[2001:db8::1]:443"])
    func `a listening address reads back as written`(text: String) throws {
        #expect(try ListenAddress(text).description == text)
    }

    @Test(arguments: [
        "", "8080", ":8080", "localhost:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "::1:8080", "[::1]", "[127.0.0.1]:80", "1.2.3:80", "127.0.0.1:80 ",
    ])
    func `a listening address that is none is refused with what was expected`(text: String) {
        let error = #expect(throws: AddressProblem.self) { _ = try ListenAddress(text) }
        #expect(
            error?.description == "'\(text)' is not a valid address, expected a numeric address and a port, "
                + "like 127.0.0.1:8080 or [::1]:8080"
        )
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "255.1.2.3", true), ("0.0.0.0/0", "::1", false),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::/0", "2001:db8::1", true),
        ("2001:db8::/65", "2001:db8::7fff:0:0:0", true), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
        ("::ffff:10.0.0.0/8", "10.1.2.3", true), ("10.0.0.1", "::ffff:10.0.0.1", true),
    ])
    func `a network holds the addresses of its prefix`(network: String, address: String, isInside: Bool) throws {
        let address = try #require(IPAddress(address))
        #expect(try IPNetwork(network).contains(address) == isInside)
    }

    @Test(arguments: ["", "10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.1/8", "proxy", "10/8"])
    func `a network that is none is refused`(text: String) {
        #expect(throws: AddressProblem.self) { _ = try IPNetwork(text) }
    }

    @Test func `networks are listed with commas or blanks`() throws {
        #expect(try IPNetwork.list(" 10.0.0.0/8,fd00::/8\n127.0.0.1 ,").count == 3)
        #expect(try IPNetwork.list("").isEmpty)
    }

    @Test func `one IPv6 host counts as one however many addresses it takes`() throws {
        let one = try #require(IPAddress("2001:db8::1"))
        let two = try #require(IPAddress("2001:db8::2"))
        let other = try #require(IPAddress("2001:db8:0:1::1"))
        #expect(one.countedAs == two.countedAs)
        #expect(one.countedAs != other.countedAs)
        let four = try #require(IPAddress("192.0.2.1"))
        #expect(four.countedAs == four)
    }

    @Test(
        arguments: [
            ("203.0.113.9", "203.0.113.9"), ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("203.0.113.9, 10.0.0.2,10.0.0.3", "203.0.113.9"), ("203.0.113.9:4711, 10.0.0.2", "203.0.113.9"),
            ("[2001:db8::1]:4711", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"), ("10.0.0.2, 10.0.0.3", "10.0.0.2"),
            ("1.1.1.1, unknown, 10.0.0.3", "10.0.0.3"), ("", nil), ("unknown", nil), ("1.1.1.1,,10.0.0.3", "10.0.0.3"),
        ] as [(String, String?)]
    )
    func `the client is the right-most hop that is no trusted proxy`(header: String, client: String?) throws {
        let forwarding = HTTPForwarding(trusted: try IPNetwork.list("10.0.0.0/8"))
        let peer = try #require(IPAddress("10.0.0.1"))
        let stranger = try #require(IPAddress("192.0.2.1"))
        #expect(forwarding.sender(behind: peer, fields: ["X-Forwarded-For": header])?.description == client)
        #expect(forwarding.sender(behind: stranger, fields: ["X-Forwarded-For": header]) == nil)
    }

    @Test func `several X-Forwarded-For fields are one list`() throws {
        let forwarding = HTTPForwarding(trusted: try IPNetwork.list("10.0.0.0/8"))
        let peer = try #require(IPAddress("10.0.0.1"))
        let fields: HTTPFields = ["X-Forwarded-For": "203.0.113.9", "x-forwarded-for": "10.0.0.2"]
        #expect(forwarding.sender(behind: peer, fields: fields)?.description == "203.0.113.9")
    }
}
