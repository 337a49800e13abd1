import Foundation

/// What a connect left behind.
struct ConnectedProject: Sendable, Equatable {
    let project: PlaneProject
    let syncID: UUID
    /// What was not there before, in words; empty when everything was.
    let written: [String]
}
