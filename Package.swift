// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A folder of Sources that is a target of its own, named as its target if no `directory` is given.
func room(
    _ name: String,
    in folder: String,
    directory: String? = nil,
    resources: [Resource] = [],
    _ dependencies: [Target.Dependency]
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/\(folder)/\(directory ?? name)",
        resources: resources,
        swiftSettings: strict
    )
}

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
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        // Parts of the C library itself that Swift's Glibc module leaves out.
        .systemLibrary(name: "CLinux"),
        // The commit that a release is made from.
        .systemLibrary(name: "CBuild"),

        // The migrations travel inside both programs, so that a deployed binary needs no source tree.
        .target(
            name: "Migrations",
            path: "sql",
            exclude: ["plane", "roles.sql"],
            sources: ["Migrations.swift"],
            resources: [.embedInCode("migrations")],
            swiftSettings: strict
        ),
        // What both programs share. Each room is a target, so that the compiler keeps the arrows one way.
        room("Base", in: "Shared", ["CBuild", "COpenSSL"]),
        room("JSON", in: "Shared", ["Base"]),
        room("GitHub", in: "Shared", ["Base", "JSON"]),
        room("Database", in: "Shared", ["Base", "CPostgres", "Migrations"]),
        room("HTTP", in: "Shared", ["Base", "CLinux"]),
        room("Deliveries", in: "Shared", ["Base", "JSON", "GitHub", "Database"]),

        // What becomes of a delivery once it is verified; neither knows of HTTP, and the spool stores through the store.
        room("Store", in: "Ingest", ["Base", "Database", "Deliveries"]),
        room("Spool", in: "Ingest", ["Base", "GitHub", "Database", "Deliveries", "Store"]),
        .executableTarget(
            name: "Ingest",
            dependencies: ["Base", "JSON", "GitHub", "Database", "HTTP", "Deliveries", "Store", "Spool"],
            exclude: ["Store", "Spool"],
            swiftSettings: strict
        ),

        room("Text", in: "Worker", ["Base", "GitHub", "CMarkdown"]),
        room("Queue", in: "Worker", ["Base", "Database"]),
        // The module name GitHub is that of the objects, which webhooks and REST share.
        room(
            "GitHubClient",
            in: "Worker",
            directory: "GitHub",
            ["Base", "JSON", "GitHub", "Database", "CCurl", "CLinux", "COpenSSL"]
        ),
        room("Sync", in: "Worker", ["Base", "JSON", "GitHub", "Database", "Queue", "Text"]),
        room(
            "Jobs",
            in: "Worker",
            ["Base", "JSON", "GitHub", "Database", "Deliveries", "Queue", "GitHubClient", "Sync"]
        ),
        room(
            "Outbound",
            in: "Worker",
            ["Base", "JSON", "GitHub", "Database", "Deliveries", "Text", "Queue", "GitHubClient", "Jobs", "Sync"]
        ),
        // What operators are shown, whether a command or the dashboard shows it.
        room(
            "Inspect",
            in: "Worker",
            ["Base", "JSON", "GitHub", "Database", "Queue", "GitHubClient", "Jobs", "Outbound", "Sync"]
        ),
        room(
            "Run",
            in: "Worker",
            ["Base", "GitHub", "Database", "HTTP", "Queue", "GitHubClient", "Jobs", "Outbound", "Sync"]
        ),
        // Its pages are made here whole; the style sheet and the script travel inside the program.
        room(
            "Dashboard",
            in: "Worker",
            resources: [.embedInCode("Assets")],
            ["Base", "JSON", "GitHub", "Database", "HTTP", "Jobs", "Outbound", "Sync", "Inspect"]
        ),
        .executableTarget(
            name: "Worker",
            dependencies: [
                "Base", "JSON", "GitHub", "Database", "HTTP", "Deliveries", "Queue", "GitHubClient", "Jobs", "Outbound",
                "Sync", "Inspect", "Run", "Dashboard",
            ],
            exclude: ["GitHub", "Text", "Queue", "Jobs", "Outbound", "Sync", "Inspect", "Run", "Dashboard"],
            swiftSettings: strict
        ),

        .target(
            name: "TestSupport",
            dependencies: ["Base", "Database"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Benchmark",
            dependencies: ["Base", "Database", "HTTP"],
            path: "Tests/Benchmarks/Program",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SharedTests",
            dependencies: ["Base", "JSON", "GitHub", "Database", "HTTP", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "Base", "GitHub", "Database", "HTTP", "Deliveries", "Store", "Spool", "Ingest", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "Base", "JSON", "GitHub", "Database", "Deliveries", "HTTP", "CMarkdown", "Text", "Queue",
                "GitHubClient", "Jobs", "Outbound", "Sync", "Inspect", "Run", "Dashboard", "Worker", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GitHubClientTests",
            dependencies: ["Base", "COpenSSL", "JSON", "GitHub", "Database", "GitHubClient", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Base", "Database", "TestSupport"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
