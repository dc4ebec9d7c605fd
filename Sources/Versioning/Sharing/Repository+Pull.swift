import Basics
package import Indexing

/// What `pull` did: the transfer, then the checkout.
package struct PullResult: Sendable {
    package var fetch: FetchResult
    package var checkout: CheckoutResult
}

extension Repository {
    /// Fetches, and makes the workspace what the project files say.
    ///
    /// After a failed fetch the workspace is not touched.
    ///
    /// - Throws: `TransferFailed`, or `UnsavedFiles` before a file is overwritten.
    package func pull(_ request: TransferRequest, _ options: Checkout.Options) async throws -> PullResult {
        var request = request
        request.targets = try expandedTargets(of: request)
        request.usesPatterns = false
        let fetched = try await fetch(request)
        var checkoutRequest = CheckoutRequest()
        checkoutRequest.targets = request.targets
        checkoutRequest.selection = request.selection
        checkoutRequest.options = options
        return PullResult(fetch: fetched, checkout: try checkout(checkoutRequest))
    }
}
