package import Storage

/// How to find out which of some objects a store has: a pure cost model, counted in requests.
///
/// DVC's rule is kept in spirit (dvc_objects `db.py`): few are looked up one by one; for many, one short listing tells
/// how large the store is, and then the cheaper way is taken. Unlike DVC we list only prefixes that are asked for.
package enum StatusStrategy: Sendable, Equatable {
    /// Look each one up.
    case lookUps
    /// One listing of all objects.
    case wholeListing
    /// A listing for each two-digit prefix that an object asked for has.
    case prefixListings

    /// Below this many look-ups per unit of concurrency, guessing the store's size is not worth a request.
    static let lookUpsPerSlot = 4
    /// From here on pages weigh more, as in DVC: long listings are slow and fill memory.
    static let largeStore = 500_000
    static let largeStoreWeight = 5
    /// Pages of one listing come one after the other; more than these are fetched by prefix.
    static let sequentialPages = 16

    /// Whether a store must be sized up before deciding.
    package static func needsEstimate(count: Int, concurrency: Int, listing: ListingCost?) -> Bool {
        listing != nil && count > max(1, concurrency) * lookUpsPerSlot
    }

    /// - Parameters:
    ///   - count: objects asked for.
    ///   - prefixes: two-digit prefixes among them.
    ///   - storeSize: about how many objects there are.
    package static func choose(count: Int, prefixes: Int, storeSize: Int, listing: ListingCost) -> StatusStrategy {
        let weight = storeSize > largeStore ? largeStoreWeight : 1
        let pages = max(1, (storeSize + listing.pageSize - 1) / listing.pageSize)
        let pagesPerPrefix = max(1, (storeSize / 256 + listing.pageSize - 1) / listing.pageSize)
        let byPrefix = prefixes * pagesPerPrefix
        let isWholeCheaper = pages <= min(byPrefix, sequentialPages)
        if count <= (isWholeCheaper ? pages : byPrefix) * weight { return .lookUps }
        return isWholeCheaper ? .wholeListing : .prefixListings
    }
}
