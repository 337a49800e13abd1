import Glibc

/// How the C library handles memory.
package enum Memory {
    private typealias Option = @convention(c) (Int32, Int32) -> Int32
    /// `M_MMAP_THRESHOLD` and `M_TRIM_THRESHOLD` of `<malloc.h>`, which Swift's Glibc module leaves out.
    private static let mapThreshold: Int32 = -3
    private static let trimThreshold: Int32 = -1

    /// Gives large blocks memory of their own, which goes back to the system with them, and keeps a little of the rest.
    ///
    /// Left to itself glibc raises its threshold with the first large delivery and keeps what later ones needed. Told
    /// that threshold alone, it gives back what one batch of ordinary deliveries used before the next one asks for it:
    /// a sixth of all processor time went into fresh pages. A C library without `mallopt` keeps its own ways.
    package static func returnLargeBlocks() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: Option.self)
        _ = set(mapThreshold, 1 << 20)
        _ = set(trimThreshold, 4 << 20)
    }
}
