import Database
import Foundation
import TestSupport
import Testing

/// Large bodies and too many of them.
@Suite struct IngestSizeTests {
    private static let limit = 26_214_400

    @Test func `a body of exactly 25 MiB is stored, and one byte more is 413`() async throws {
        try await IngestProgram.with { ingest, database in
            var sample = SampleDelivery()
            sample.padding = String(repeating: "x", count: Self.limit - sample.issue.utf8.count)
            let body = sample.issue
            #expect(body.utf8.count == Self.limit)
            let response = try await ingest.deliver(body)
            #expect(response.status == 202)
            #expect(try await database.longestPayload() == Self.limit)

            // What it took is given back.
            #expect(try ingest.program.memory.peak > 100_000)
            #expect(try await eventually { try ingest.program.memory.now < 80_000 })

            let declared = try await ingest.deliver(body + " ")
            #expect(declared.status == 413)
            #expect(declared.json["error"] == .text("body_too_large"))
            #expect(declared.fields["connection"] == "close")
            #expect(try await ingest.metric("github_mcp_webhook_total{event_type=\"other\",status=\"too_large\"}") == 1)
        }
    }

    @Test func `a body that grows over 25 MiB in chunks is 413`() async throws {
        try await IngestProgram.with { ingest, database in
            let http = try TestHTTP(port: ingest.port)
            let fields = IngestProgram.fields([]).map { "\($0.0): \($0.1)\r\n" }.joined()
            let head = "POST \(IngestProgram.path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\(fields)\r\n"
            try await http.write(Array(head.utf8))
            let chunk = [UInt8](repeating: 0x20, count: 1 << 20)
            for _ in 0..<25 { try await http.write(Array("100000\r\n".utf8) + chunk + Array("\r\n".utf8)) }
            try await http.write(Array("1\r\n \r\n0\r\n\r\n".utf8))
            let response = try await http.read()
            #expect(response.status == 413)
            #expect(try await database.storedEvents().isEmpty)
            #expect(try await ingest.metric("plane_ingest_bytes_in_flight") == 0)
        }
    }

    @Test func `bodies that do not fit beside those in hand are 503 until there is room`() async throws {
        try await IngestProgram.with(["INGEST_MAX_BYTES_IN_FLIGHT": "\(Self.limit)"]) { ingest, database in
            var large = SampleDelivery()
            large.padding = String(repeating: "x", count: 20 << 20)
            let body = Array(large.issue.utf8)
            let fields = IngestProgram.fields(body).map { "\($0.0): \($0.1)\r\n" }.joined()
            let head =
                "POST \(IngestProgram.path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\(fields)\r\n"
            let slow = try TestHTTP(port: ingest.port)
            try await slow.write(Array(head.utf8) + body.dropLast())
            let isHeld = try await eventually {
                try await ingest.metric("plane_ingest_bytes_in_flight") == Double(body.count - 1)
            }
            #expect(isHeld)

            let refused = try await ingest.deliver(large.issue)
            #expect(refused.status == 503)
            #expect(refused.fields["retry-after"] != nil)
            let small = try await ingest.deliver(SampleDelivery().issue)
            #expect(small.status == 202)

            try await slow.write(Array(body.suffix(1)))
            #expect(try await slow.read().status == 202)
            #expect(try await eventually { try await ingest.metric("plane_ingest_bytes_in_flight") == 0 })
            #expect(try ingest.program.memory.peak < 300_000)
        }
    }
}

extension Connection {
    fileprivate func longestPayload() throws -> Int {
        try run(
            "select max(octet_length(payload::text)) as bytes from github_sync.github_webhook_events"
        )[0].get("bytes")
    }
}
