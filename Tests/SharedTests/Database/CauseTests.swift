import Database
import Testing

/// What each error of PostgreSQL's means for the work that met it.
@Suite struct CauseTests {
    /// Every class of the appendix "PostgreSQL Error Codes" of version 15, by a code that has no meaning of its own.
    private static let classes: [(codes: [String], cause: DatabaseError.Cause)] = [
        (["00000", "01000", "02000", "03000", "09000", "0B000", "0F000", "0L000", "0P000", "0Z000"], .other),
        (["20000", "24000", "25000", "27000", "2B000", "2D000", "2F000"], .other),
        (["34000", "38000", "39000", "3B000", "3D000", "3F000", "40000", "42000", "55000", "57000"], .other),
        (["F0000", "HV000", "P0000", "XX000"], .other),
        (["21000", "22000", "23000", "44000", "54000"], .row),
        (["08000", "28000", "53000", "58000"], .unavailable),
        (["0A000", "26000", "72000"], .conflict),
    ]

    /// The codes that decide whether an event waits, runs again or has failed.
    private static let codes: [(codes: [String], cause: DatabaseError.Cause)] = [
        (["08001", "08003", "08004", "08006", "08P01", "28P01"], .unavailable),
        (["53100", "53200", "53300"], .unavailable),
        (["58030", "58P01", "58P02"], .unavailable),
        (["25006", "55006", "55P03", "57P01", "57P02", "57P03", "57P04", "XX001", "XX002"], .unavailable),
        (["40001", "40003", "40P01", "57P05"], .conflict),
        (["22001", "22003", "22021", "22P02", "22P05", "23502", "23503", "23505", "23514", "23P01"], .row),
        (["54001", "54023"], .row),
        (["57014", "25P03", "25P04"], .timeout),
        (["25P02", "40002", "42501", "42601", "42P01", "53400", "P0001", "", "?"], .other),
    ]

    @Test(arguments: classes + codes)
    func `a refusal has one cause`(codes: [String], cause: DatabaseError.Cause) {
        for code in codes {
            let error = DatabaseError(.rejected(sqlState: code, constraint: nil), message: "m", statement: "s")
            #expect(error.cause == cause, "\(code)")
        }
    }

    @Test func `what a limit of ours ended is not told as a database that is away`() {
        let error = DatabaseError(.timedOut, message: "no answer in time", statement: "s")
        #expect("\(error)" == "a limit of ours ended it: no answer in time")
    }

    @Test func `without a refusal the connection was lost, the answer was late or a column was not understood`() {
        func cause(_ kind: DatabaseError.Kind) -> DatabaseError.Cause {
            DatabaseError(kind, message: "m", statement: "s").cause
        }
        #expect(cause(.connectionLost) == .unavailable)
        #expect(cause(.loginRefused(sqlState: "3D000")) == .unavailable)
        #expect(cause(.timedOut) == .timeout)
        #expect(cause(.decoding(column: "c", expected: "e", found: nil)) == .other)
    }
}
