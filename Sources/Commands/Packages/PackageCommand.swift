import ArgumentParser

/// `varve package`: what can be done with a package that was made.
struct PackageCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Check, compare, unpack and share packages of models",
        subcommands: [
            PackageInspectCommand.self, PackageVerifyCommand.self, PackageDiffCommand.self, PackageUnpackCommand.self,
            PackageSignCommand.self, PackagePushCommand.self, PackagePullCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
}
