import Database
import Foundation
import TestSupport
import Testing

/// Plane's webhook while the database is stopped or frozen.
@Suite(.serialized) struct PlaneWakeOutageTests {
    @Test func `with the database away the answer is that of GitHub's path without a spool`() async throws {
        try await TestCluster.with { cluster in
            let database = try cluster.database()
            let connection = database.connection()
            _ = try await connection.connectRepository(700_100_200, "acme-labs/rocket")
            await connection.close()
            try await IngestProgram.withSpool { spool in
                let settings = PlaneWake.settings.merging(["INGEST_STORE_SECONDS": "1"]) { $1 }
                let plain = try await IngestProgram(database, settings)
                let spooling = try await IngestProgram.start(database, spool: spool, settings)
                try await cluster.stop(.immediate)
                let delivery = try await plain.deliver(SampleDelivery().issue)
                #expect(delivery.status == 503)
                #expect(try await plain.wake(PlaneWake().body) == delivery)
                // A wake-up is never spooled.
                #expect(try await spooling.wake(PlaneWake().body) == delivery)
                #expect(try await spooling.deliver(SampleDelivery().issue).status == 202)
                try await cluster.start()
                let wake = PlaneWake()
                #expect(try await eventually { try await plain.wake(wake.body).status == 202 })
                #expect(try await database.connection().storedWakes() == ["issue \(wake.id)"])
                let status = try await plain.stop()
                #expect(status == 0, "\(plain.program.text.suffix(2_000))")
                #expect(try await spooling.stop() == 0)
            }
        }
    }

    @Test func `a stop while the database hangs leaves no request without an answer`() async throws {
        try await TestCluster.with { cluster in
            let database = try cluster.database()
            let settings = PlaneWake.settings.merging(["INGEST_DRAIN_SECONDS": "1"]) { $1 }
            let ingest = try await IngestProgram(database, settings)
            cluster.setFrozen(true)
            defer { cluster.setFrozen(false) }
            let body = PlaneWake().body
            let fields = PlaneWake.fields(body).map { "\($0.0): \($0.1)\r\n" }.joined()
            let head =
                "POST \(PlaneWake.path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n"
            let http = try TestHTTP(port: ingest.port)
            try await http.write(Array((head + body).utf8))
            let isIn = try await eventually {
                try await ingest.metric("plane_ingest_body_bytes_total") == Double(body.utf8.count)
            }
            #expect(isIn)
            async let status = ingest.stop()
            #expect(try await http.read().status == 503)
            #expect(try await status == 0)
        }
    }
}
