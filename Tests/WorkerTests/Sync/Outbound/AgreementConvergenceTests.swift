import TestSupport
import Testing

@testable import Sync

/// Whatever is edited, lost, late, doubled or killed: at the end both sides are equal, and the writing stops.
@Suite struct AgreementConvergenceTests {
    private static func run(
        _ seed: UInt64,
        _ conflict: ConflictRule = .github,
        edits: (inout TwoSides, inout SeededGenerator) -> Void
    ) -> TwoSides {
        var sides = TwoSides(seed: seed, conflict: conflict)
        var generator = SeededGenerator(seed: seed ^ 0x5EED)
        for _ in 0..<Int.random(in: 5...60, using: &generator) {
            edits(&sides, &generator)
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                switch Int.random(in: 0..<5, using: &generator) {
                case 0, 1: sides.deliver()
                case 2, 3: sides.send()
                default: sides.carryOutLateCall()
                }
            }
        }
        return sides
    }

    @Test(arguments: [ConflictRule.github, .plane]) func `both sides edited`(conflict: ConflictRule) {
        for seed in 0..<500 as Range<UInt64> {
            var sides = Self.run(seed, conflict) { sides, generator in
                Bool.random(using: &generator) ? sides.editGitHub() : sides.editPlane()
            }
            let writes = sides.comeToRest()
            #expect(sides.areEqual, "seed \(seed): \(sides.github) and \(sides.plane)")
            #expect(writes.last == 0, "seed \(seed): \(writes)")
        }
    }

    @Test func `nothing that is typed in Plane is lost while nobody edits GitHub`() {
        for seed in 0..<500 as Range<UInt64> {
            var sides = Self.run(seed) { sides, _ in sides.editPlane() }
            #expect(sides.comeToRest().last == 0)
            #expect(sides.areEqual && sides.plane == sides.typed, "seed \(seed): \(sides.plane), not \(sides.typed)")
        }
    }

    @Test func `what comes from GitHub is never sent back`() {
        for seed in 0..<500 as Range<UInt64> {
            var sides = Self.run(seed) { sides, _ in sides.editGitHub() }
            _ = sides.comeToRest()
            #expect(sides.areEqual && sides.writes + sides.writesWithoutEffect == 0, "seed \(seed)")
        }
    }
}
