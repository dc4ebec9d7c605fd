/// A backend whose server tells the time.
package protocol ClockedBackend: Backend {
    /// How many seconds the server's clock is ahead of this machine's; `nil` where it tells no time.
    func secondsAhead() async throws(StorageError) -> Int64?
}
