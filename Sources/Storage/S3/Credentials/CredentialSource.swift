import Synchronization

/// Holds the credentials of a client and gets new ones before they end, once for all who wait.
package final class CredentialSource: Sendable {
    /// Gets fresh credentials; `nil` for none at all: requests go unsigned.
    package typealias Fetch = @Sendable () async throws(StorageError) -> AWSCredentials?

    private typealias Flight = Task<Result<AWSCredentials?, StorageError>, Never>
    private enum State {
        case empty
        case held(AWSCredentials?)
    }

    /// Credentials are renewed so many seconds before they end.
    private static let margin: Int64 = 300

    private let fetch: Fetch
    private let now: @Sendable () -> Int64
    private let state: Mutex<(held: State, flight: Flight?)>

    package init(now: @escaping @Sendable () -> Int64 = AWSTime.now, fetch: @escaping Fetch) {
        self.fetch = fetch
        self.now = now
        state = Mutex((.empty, nil))
    }

    /// Always the same ones.
    package convenience init(_ credentials: AWSCredentials?) {
        self.init { () async throws(StorageError) in credentials }
        state.withLock { $0.held = .held(credentials) }
    }

    /// Credentials that last for a while.
    package func current() async throws(StorageError) -> AWSCredentials? {
        let held = state.withLock { $0.held }
        guard case .held(let credentials) = held else { return try await renewed() }
        guard let credentials, let expiry = credentials.expiry, expiry - now() < Self.margin else { return credentials }
        do {
            return try await renewed()
        } catch {
            // They still hold for a moment; the next request tries again.
            if expiry > now(), error.kind != .cancelled { return credentials }
            throw error
        }
    }

    /// Others than those that a server has just called expired; `nil` where there are none.
    package func replacement(for stale: AWSCredentials) async throws(StorageError) -> AWSCredentials? {
        if case .held(let credentials?) = state.withLock({ $0.held }), credentials != stale { return credentials }
        let fresh = try await renewed()
        return fresh == stale ? nil : fresh
    }

    private func renewed() async throws(StorageError) -> AWSCredentials? {
        let flight = state.withLock { state in
            if let flight = state.flight { return flight }
            let flight = Flight { [fetch] in
                do throws(StorageError) {
                    return .success(try await fetch())
                } catch {
                    return .failure(error)
                }
            }
            state.flight = flight
            return flight
        }
        let result = await flight.value
        state.withLock { state in
            guard state.flight == flight else { return }
            state.flight = nil
            if case .success(let credentials) = result { state.held = .held(credentials) }
        }
        return try result.get()
    }
}
