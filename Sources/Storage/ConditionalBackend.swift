/// A backend that can write an object only where there is none, so that of many writers exactly one succeeds.
package protocol ConditionalBackend: Backend {
    /// Whether the store honours conditions. Some servers take them and overwrite all the same; asking costs a few
    /// requests the first time.
    func honoursConditions() async throws(StorageError) -> Bool

    /// Writes a small object unless there is something under the key; tells whether it was written.
    ///
    /// Tries again by itself when an answer is lost, and finds out then whose bytes are there: the bytes of different
    /// writers must differ. Throws `unsupported` where the store does not honour conditions.
    func create(_ source: some ByteSource, at key: Key) async throws(StorageError) -> Bool
}
