/// A comment as GitHub shows it at one moment.
struct Comment {
    let id: Int64
    var text: String
    let createdAt: String
    var updatedAt: String
}
