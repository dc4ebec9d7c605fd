// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// One room of the house: a Swift target and the rooms it may look into (docs/design/architecture.md).
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// Tests of one room, named after it.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let parser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "varve",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // C
        .target(name: "CSystem"),
        // Debug builds hash real data too, so the kernels are optimised in every configuration.
        .target(name: "CHashing", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "CXGBoost", dependencies: ["CSystem"]),
        .target(name: "CGit2", dependencies: ["CSystem"]),
        .target(name: "CCurl", dependencies: ["CSystem"]),
        .target(name: "CZlib", dependencies: ["CSystem"]),
        .target(name: "CZstd", dependencies: ["CSystem"]),
        // Platform
        layer("Basics"),
        layer("FileSystem", ["Basics", "CSystem"]),
        layer("Hashing", ["CHashing"]),
        layer("Processes", ["Basics", "FileSystem", "CSystem"]),
        layer("Documents", ["Basics"]),
        layer("Tables", ["Basics", "FileSystem", "Hashing", "Documents"]),
        layer("Tracking", ["Basics", "FileSystem", "Documents"]),
        // A study draws hundreds of points from densities of hundreds of kernels, in debug builds too.
        .target(
            name: "Tuning", dependencies: ["Documents", "FileSystem", "Basics"],
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        layer("Git", ["Basics", "FileSystem", "CGit2"]),
        layer("HTTP", ["Basics", "CCurl"]),
        layer("Charts", ["Hashing"]),
        layer("Packaging", ["Processes", "HTTP", "Documents", "FileSystem", "Hashing", "Basics", "CZlib", "CZstd"]),
        // Store
        layer("Storage", ["Basics", "FileSystem", "HTTP", "Hashing", "Documents"]),
        layer("Objects", ["Storage", "FileSystem", "Hashing", "Documents", "Basics", "CSystem"]),
        layer("Indexing", ["Objects", "FileSystem", "Hashing", "Basics", "CSystem"]),
        layer("Transfers", ["Objects", "Storage", "Basics"]),
        // Engine
        layer("ProjectFiles", ["Documents", "Objects", "FileSystem", "Hashing", "Basics"]),
        layer(
            "Preparation", ["Tables", "ProjectFiles", "Documents", "FileSystem", "Hashing", "Basics"]),
        layer(
            "Versioning",
            [
                "Packaging", "ProjectFiles", "Indexing", "Transfers", "Objects", "Storage", "HTTP", "Git", "Tables",
                "Documents", "Charts", "FileSystem", "Hashing", "Basics",
            ]),
        layer(
            "Pipelines",
            [
                "Versioning", "Processes", "Tracking", "ProjectFiles", "Indexing", "Objects", "Storage", "Git",
                "Documents", "FileSystem", "Hashing", "Tuning", "Basics",
            ]),
        layer("Evaluation", ["Tables", "Charts", "Documents", "ProjectFiles", "FileSystem", "Hashing", "Basics"]),
        layer(
            "Models",
            ["Preparation", "Tracking", "Tables", "CXGBoost", "Documents", "FileSystem", "Hashing", "Basics"]),
        // Surface
        layer("Rendering", ["Basics"]),
        layer(
            "Commands",
            [
                "Evaluation", "Models", "Preparation", "Pipelines", "Tuning", "Processes", "Tracking", "Versioning",
                "Packaging", "ProjectFiles", "Indexing", "Transfers", "Objects", "Storage", "HTTP", "Git", "Tables",
                "Documents", "Charts", "FileSystem", "Hashing", "Rendering", "Basics", parser,
            ]),
        .executableTarget(
            name: "varve", dependencies: ["Commands", parser], swiftSettings: strict,
            // libgit2 reads the whole CA bundle when it starts; the empty stand-in that CGit2 exports spares that.
            linkerSettings: [
                .unsafeFlags(
                    ["-Xlinker", "--export-dynamic-symbol=mbedtls_x509_crt_parse_file"], .when(platforms: [.linux]))
            ]),
        // Tests
        tests("BasicsTests", ["Basics"]),
        tests("GitTests", ["Git", "Basics"]),
        tests("FileSystemTests", ["FileSystem", "Basics"]),
        tests("HashingTests", ["Hashing", "CHashing"]),
        tests("ChartsTests", ["Charts"]),
        .target(
            name: "TestSupport", dependencies: ["Storage", "Objects", "HTTP", "Hashing", "FileSystem", "Basics"],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests("HTTPTests", ["HTTP", "Basics", "TestSupport"]),
        tests("StorageTests", ["Storage", "HTTP", "Hashing", "FileSystem", "Basics", "TestSupport"]),
        tests("ObjectsTests", ["Objects", "Storage", "Hashing", "FileSystem", "Basics", "TestSupport"]),
        tests("IndexingTests", ["Indexing", "Objects", "Storage", "Hashing", "FileSystem", "Basics", "TestSupport"]),
        tests("TransfersTests", ["Transfers", "Objects", "Storage", "Hashing", "FileSystem", "Basics", "TestSupport"]),
        tests(
            "VersioningTests",
            [
                "Versioning", "ProjectFiles", "Indexing", "Transfers", "Objects", "Storage", "Git", "Documents",
                "FileSystem", "Hashing", "Basics", "TestSupport",
            ]),
        tests("ProcessesTests", ["Processes", "FileSystem", "Basics", "TestSupport"]),
        tests(
            "PipelinesTests",
            [
                "Pipelines", "Tuning", "Processes", "Tracking", "Versioning", "ProjectFiles", "Indexing", "Objects",
                "Documents", "FileSystem", "Hashing", "Basics", "TestSupport",
            ]),
        .testTarget(
            name: "TrackingTests", dependencies: ["Tracking", "Documents", "FileSystem", "Basics"],
            exclude: ["Fixtures"], swiftSettings: strict),
        tests(
            "PackagingTests",
            ["Packaging", "HTTP", "Documents", "FileSystem", "Hashing", "Basics", "TestSupport"]),
        tests("TablesTests", ["Tables", "FileSystem", "Basics", "TestSupport"]),
        tests(
            "EvaluationTests",
            ["Evaluation", "Tables", "ProjectFiles", "Documents", "FileSystem", "Basics", "TestSupport"]),
        tests(
            "PreparationTests",
            ["Preparation", "Tables", "ProjectFiles", "Documents", "FileSystem", "Hashing", "Basics", "TestSupport"]),
        .testTarget(
            name: "ModelsTests",
            dependencies: ["Models", "Tables", "Documents", "FileSystem", "Hashing", "Basics", "TestSupport"],
            exclude: ["Fixtures"], swiftSettings: strict),
        tests("TuningTests", ["Tuning", "Documents", "FileSystem", "Basics"]),
        tests("RenderingTests", ["Rendering", "Basics"]),
        tests("CommandTests", ["varve", "Documents", "HTTP", "Storage", "FileSystem", "Hashing", "TestSupport"]),
        tests("CompatibilityTests", ["varve", "Documents", "FileSystem", "Hashing", "TestSupport"]),
        tests(
            "CommandsTests",
            [
                "Commands", "Pipelines", "Tracking", "Tuning", "Charts", "Tables", "Rendering", "Documents", "Basics",
                "TestSupport", parser,
            ]),
        tests("ProjectFilesTests", ["ProjectFiles", "Objects", "Documents", "Hashing", "Basics"]),
        .testTarget(
            name: "DocumentsTests", dependencies: ["Documents", "Basics"], exclude: ["Fixtures"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
