/// The kinds of objects that are synced.
///
/// A new kind is a type of `Snapshot` in a folder of its own and a line here. Kinds are locked, read, planned and
/// written in this order: pull requests come before issues, whose states depend on them, and issues come before
/// comments, which belong to them.
enum Registry {
    static let kinds: [any Snapshot.Type] = [
        PullSnapshot.self,
        IssueSnapshot.self,
        CommentSnapshot.self,
        LabelSnapshot.self,
        RepositorySnapshot.self,
    ]
}
