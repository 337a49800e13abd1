import Glibc

/// How the C library handles memory.
enum Memory {
    private typealias Option = @convention(c) (Int32, Int32) -> Int32
    /// `M_MMAP_THRESHOLD` of `<malloc.h>`, which Swift's Glibc module leaves out.
    private static let mapThreshold: Int32 = -3

    /// Gives large blocks memory of their own, which goes back to the system with them.
    ///
    /// Left to itself glibc raises its threshold with the first large delivery and keeps what later ones needed. A C
    /// library without `mallopt` keeps its own ways.
    static func returnLargeBlocks() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        _ = unsafeBitCast(symbol, to: Option.self)(mapThreshold, 1 << 20)
    }
}
