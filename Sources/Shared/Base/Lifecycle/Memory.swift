import COpenSSL
import Glibc

/// How the C libraries handle memory.
package enum Memory {
    private typealias Option = @convention(c) (Int32, Int32) -> Int32
    /// `M_MMAP_THRESHOLD` and `M_TRIM_THRESHOLD` of `<malloc.h>`, which Swift's Glibc module leaves out.
    private static let mapThreshold: Int32 = -3
    private static let trimThreshold: Int32 = -1

    /// Makes the C library return large blocks to the system as soon as they are freed, and keep 4 MiB of the rest.
    ///
    /// By default glibc raises the threshold for large blocks with the first large delivery, and from then on keeps
    /// what large deliveries needed. With a fixed threshold alone it would also return the memory of each batch of
    /// ordinary deliveries before the next one asks for it: a sixth of all processor time went into fresh pages. A C
    /// library without `mallopt` is left as it is.
    package static func returnLargeBlocks() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: Option.self)
        _ = set(mapThreshold, 1 << 20)
        _ = set(trimThreshold, 4 << 20)
    }

    /// Keeps OpenSSL's tables until the process is gone; the first thing that a program does.
    ///
    /// By default they are freed as soon as `exit` begins, while a thread that no exit waits for may be logging in to a
    /// database: the program would end with a segmentation fault instead of its exit status.
    package static func keepOpenSSL() { OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) }
}
