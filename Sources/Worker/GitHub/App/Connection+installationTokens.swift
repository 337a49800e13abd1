import Base
import Database
import Foundation

/// What a worker does that needs a token of an installation.
enum TokenTurn: RowDecodable {
    /// Uses this one.
    case stored(SealedToken)
    /// Makes one: until then nobody else does.
    case mine
    /// Waits for the one who makes it.
    case others
    /// Does without: there is none before this time.
    case parked(until: Timestamp)

    init(row: Row) throws {
        if let until: Timestamp = try row.getIfPresent("parked_until") {
            self = .parked(until: until)
        } else if try row.get("is_mine") {
            self = .mine
        } else if let id: UUID = try row.getIfPresent("token_id") {
            let sealed: Bytes = try row.get("sealed")
            self = .stored(SealedToken(id: id, expiresAt: try row.get("expires_at"), sealed: sealed.bytes))
        } else {
            self = .others
        }
    }
}

/// Tokens that the workers share. Whose turn it is to make one is a lease in the row: an advisory lock would have to be
/// held on one session while GitHub is asked, which a pooler does not allow, and its holder might hang.
extension Connection {
    /// Looks for a token that is good for six minutes or more; the first who finds none is to make one.
    ///
    /// While it is made, the others use the one that they have up to its last minute.
    func takeTokenTurn(of installation: Int64, app: String, lease: Duration) throws -> TokenTurn {
        let turn = Read(
            """
            with turn as (
                update github_sync.github_installation_tokens
                set minting_until = statement_timestamp() + make_interval(secs => \(lease / .seconds(1)))
                where app = \(app) and installation_id = \(installation)
                    and (parked_until > statement_timestamp()) is not true
                    and (minting_until > statement_timestamp()) is not true
                    and (expires_at > statement_timestamp() + interval '6 minutes') is not true
                returning app
            )
            select
                case when parked_until > statement_timestamp() then parked_until end as parked_until,
                exists (select from turn) as is_mine,
                case when expires_at > statement_timestamp() + interval '1 minute' then token_id end as token_id,
                sealed,
                expires_at
            from github_sync.github_installation_tokens
            where app = \(app) and installation_id = \(installation)
            """,
            as: TokenTurn.self
        )
        let row: Query = """
            insert into github_sync.github_installation_tokens (app, installation_id)
            values (\(app), \(installation)) on conflict do nothing
            """
        return try run(turn, after: [row], within: .seconds(5)).first ?? .others
    }

    func storeToken(_ token: SealedToken, of installation: Int64, app: String) throws {
        try run(
            """
            update github_sync.github_installation_tokens
            set token_id = \(token.id), sealed = \(Bytes(token.sealed)), expires_at = \(token.expiresAt),
                minting_until = null
            where app = \(app) and installation_id = \(installation)
            """,
            within: .seconds(5)
        )
    }

    /// Lets somebody else try to make a token, a moment later.
    func endTokenTurn(of installation: Int64, app: String) throws {
        try run(
            """
            update github_sync.github_installation_tokens
            set minting_until = statement_timestamp() + interval '5 seconds'
            where app = \(app) and installation_id = \(installation)
            """,
            within: .seconds(5)
        )
    }

    /// Removes a token, unless another one is there by now.
    func dropToken(_ id: UUID, of installation: Int64, app: String) throws {
        try run(
            """
            update github_sync.github_installation_tokens
            set token_id = null, sealed = null, expires_at = null
            where app = \(app) and installation_id = \(installation) and token_id = \(id)
            """,
            within: .seconds(5)
        )
    }

    /// Keeps everybody from an installation for some minutes, unless there is a newer token than the one refused.
    func parkInstallation(_ installation: Int64, app: String, because token: UUID?) throws {
        try run(
            """
            update github_sync.github_installation_tokens
            set parked_until = \(Query.withJitter("statement_timestamp() + interval '5 minutes'")),
                token_id = null, sealed = null, expires_at = null, minting_until = null
            where app = \(app) and installation_id = \(installation) and (token_id = \(token)) is not false
            """,
            within: .seconds(5)
        )
    }
}
