// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "plane-github-sync",
    products: [
        .executable(name: "plane-ingest", targets: ["Ingest"]),
        .executable(name: "plane-worker", targets: ["Worker"]),
    ],
    dependencies: [],
    targets: [
        .systemLibrary(
            name: "CPostgres",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(
            name: "CMarkdown",
            pkgConfig: "md4c",
            providers: [.apt(["libmd4c-dev"]), .brew(["md4c"])]
        ),
        // Parts of the C library itself that Swift's Glibc module leaves out.
        .systemLibrary(name: "CLinux"),

        // The migrations travel inside both programs, so that a deployed binary needs no source tree.
        .target(
            name: "Migrations",
            path: "sql",
            exclude: ["plane", "roles.sql"],
            sources: ["Migrations.swift"],
            resources: [.embedInCode("migrations")],
            swiftSettings: strict
        ),
        .target(
            name: "Shared",
            dependencies: ["CLinux", "CPostgres", "COpenSSL", "Migrations"],
            swiftSettings: strict
        ),
        .executableTarget(name: "Ingest", dependencies: ["Shared"], swiftSettings: strict),
        .executableTarget(name: "Worker", dependencies: ["Shared", "CMarkdown"], swiftSettings: strict),

        .target(name: "TestSupport", dependencies: ["Shared"], path: "Tests/TestSupport", swiftSettings: strict),
        .executableTarget(
            name: "Benchmark",
            dependencies: ["Shared"],
            path: "Tests/Benchmarks/Program",
            swiftSettings: strict
        ),
        .testTarget(name: "SharedTests", dependencies: ["Shared", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "IngestTests", dependencies: ["Ingest", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "WorkerTests", dependencies: ["Worker", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "EndToEndTests", dependencies: ["TestSupport"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
