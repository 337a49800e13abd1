import Base
import Database
import Foundation

extension MetricsRegistry {
    /// What the spool holds and what became of it.
    mutating func declareSpool(_ contents: SpoolContents, _ circuit: Circuit) {
        gauge("plane_ingest_spool_bytes", "Bytes of the spool on disk.") { contents.numbers.bytes }
        gauge("plane_ingest_spool_records", "Deliveries that wait in the spool.") { contents.records }
        gauge("plane_ingest_spool_segments", "Files of the spool.") { contents.numbers.segments }
        gauge("plane_ingest_spool_oldest_seconds", "Age of the oldest delivery in the spool.") {
            contents.numbers.oldest.map { max(0, Int(Date().timeIntervalSince($0))) } ?? 0
        }
        gauge("plane_ingest_spool_circuit_open", "1 while deliveries go to the spool.") { circuit.isOpen ? 1 : 0 }
        let totals: [(String, String, @Sendable (SpoolContents.Numbers) -> Int)] = [
            ("appended", "Deliveries written to the spool.", \.appended),
            ("drained", "Deliveries moved from the spool to the database.", \.drained),
            ("dropped", "Deliveries of the spool whose repository turned out not to be connected.", \.dropped),
            ("errors", "Failed writes, damaged segments and rows that PostgreSQL refused.", \.errors),
        ]
        for (name, help, number) in totals {
            observed(.counter, "plane_ingest_spool_\(name)_total", help) {
                [MetricSample(value: Double(number(contents.numbers)))]
            }
        }
    }
}
