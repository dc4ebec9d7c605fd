import Documents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension CredentialChain {
    /// What the program says that a profile names by `credential_process`; `nil` where it names none.
    ///
    /// Only the user's own files reach here: `AWSFile.withKeysOnly` takes the option out of others.
    func processKeys(_ profile: AWSSection) async throws(StorageError) -> AWSCredentials? {
        guard let command = profile["credential_process"] else { return nil }
        let words = Self.words(command)
        guard let program = words.first else { return nil }
        let environment = environment
        let output = try await onOwnThread { flag throws(StorageError) in
            try ProgramOutput.read(words, environment: environment, until: flag)
        }
        guard output.status == 0 else {
            throw Self.broken("the credential_process '\(program)' failed with status \(output.status)")
        }
        guard let document = CredentialDocument(output.bytes), document.number("Version") == 1,
            let credentials = document.credentials
        else {
            throw Self.broken("the credential_process '\(program)' prints no credentials of version 1")
        }
        if let expiry = credentials.expiry, expiry <= now() {
            throw Self.broken("the credentials that '\(program)' prints have expired")
        }
        return credentials
    }

    /// The words of a command line as a shell would split them, without anything else that a shell does.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character == " " || character == "\t" {
                if let ended = word { words.append(ended) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}

/// What a short program prints.
private struct ProgramOutput: Sendable {
    let bytes: [UInt8]
    /// The exit status, or 128 and the signal that ended it.
    let status: Int32

    private static let limit = 1 << 20
    private static let patience: Int32 = 60

    static func read(
        _ words: [String], environment: [String: String], until flag: CancellationFlag
    ) throws(StorageError) -> ProgramOutput {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw StorageError(errno: errno, "cannot make a pipe") }
        let input = Descriptor(ends[0])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in argv + envp { free(string) } }
        var process = pid_t()
        let code = posix_spawnp(&process, words[0], &actions, nil, argv, envp)
        close(ends[1])
        guard code == 0 else { throw StorageError(errno: code, "cannot run the credential_process '\(words[0])'") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var waited: Int32 = 0
        var isKilled = false
        while !isKilled {
            var watch = pollfd(fd: input.number, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watch, 1, 100)
            if ready == 0 { waited += 1 }
            if flag.isSet || waited > patience * 10 || bytes.count > limit {
                kill(process, SIGKILL)
                isKilled = true
            }
            guard ready > 0 else { continue }
            #if canImport(Glibc)
                let count = Glibc.read(input.number, &buffer, buffer.count)
            #else
                let count = Darwin.read(input.number, &buffer, buffer.count)
            #endif
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        var state: Int32 = 0
        while waitpid(process, &state, 0) < 0, errno == EINTR {}
        if flag.isSet { throw .cancelled }
        let signal = state & 0x7F
        return ProgramOutput(bytes: bytes, status: signal == 0 ? (state >> 8) & 0xFF : 128 + signal)
    }
}
