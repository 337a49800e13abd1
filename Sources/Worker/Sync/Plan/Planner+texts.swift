import Base
import Database
import Foundation
import Text

extension Planner {
    /// Decides whether a text of GitHub's that is new is written over the one in Plane.
    ///
    /// That the editor wrote a text anew when somebody merely opened it is no change of Plane's. `base` is the version that
    /// was last applied, and `body` gives the text in its delivery.
    mutating func news(
        _ text: RichText,
        _ hash: Bytes,
        over html: String,
        _ base: ObjectVersion?,
        _ agreement: inout TextAgreement,
        _ follower: Follower,
        body: (RoutedDelivery) -> Renderings.Body?
    ) -> News {
        let rules = follower.settings.outboundRules
        let current = Bytes.hash(of: html)
        if rules.sends(.text), agreement.isDirty(current), let base, !isEdited(html, since: base, body) {
            agreement.settle(on: current)
        }
        return agreement.observe(hash, shown: .hash(of: text.html), plane: current, rules.conflict(over: .text))
    }

    /// Whether somebody edited a text in Plane, and did not merely open it in the editor.
    ///
    /// What the sync wrote is made once more of the delivery that it came from; without that delivery, an edit is assumed.
    private mutating func isEdited(
        _ html: String,
        since base: ObjectVersion,
        _ body: (RoutedDelivery) -> Renderings.Body?
    ) -> Bool {
        guard let delivery = batch.deliveries[base.eventID] else {
            if !batch.recalled.contains(base.eventID) { recall(base.eventID) }
            return true
        }
        guard let written = body(delivery).map({ self.text(of: $0) }) else { return true }
        let print = EditorHTML.fingerprint(Attribution.removed(from: html) ?? html)
        return print != EditorHTML.fingerprint(written.html)
    }
}
