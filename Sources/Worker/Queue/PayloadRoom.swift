/// How many bytes of payload a claim may take, as text: what is stored may be 255 times smaller.
package struct PayloadRoom: Sendable, Equatable {
    /// What the process's batches may have beside those in hand.
    let total: Int
    /// What one claim takes of it, so that several slots get some; where the total certainly suffices it takes all.
    let share: Int
    /// Whether the first in line may have more than the total.
    let takesAny: Bool

    /// The room beside `inHand` where all batches together may have `limit`; nil while it is too little for a claim.
    package init?(limit: Int, inHand: Int) {
        guard inHand <= limit / 4 * 3 else { return nil }
        total = limit - inHand
        share = min(total, limit / 4)
        // One that does not fit at all is worked on while nothing else takes up memory.
        takesAny = inHand == 0
    }

    init(total: Int, share: Int, takesAny: Bool) {
        self.total = total
        self.share = share
        self.takesAny = takesAny
    }

    static let plenty = PayloadRoom(total: .max, share: .max, takesAny: true)
}
