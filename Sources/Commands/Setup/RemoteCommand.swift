import ArgumentParser

/// `varve remote`: the places that data is shared through.
struct RemoteCommand: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "remote", abstract: "Set up and manage remotes",
        subcommands: [
            RemoteAddCommand.self, RemoteDefaultCommand.self, RemoteModifyCommand.self, RemoteListCommand.self,
            RemoteRemoveCommand.self, RemoteRenameCommand.self, RemoteTrustCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
}
