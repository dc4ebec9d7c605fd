import Synchronization

/// Runs an asynchronous body for each element, at most `limit` at a time, and returns when all have ended.
///
/// Once the task is cancelled no further element is begun.
package func concurrentForEach<Element: Sendable>(
    _ elements: [Element], limit: Int, _ body: @escaping @Sendable (Element) async -> Void
) async {
    let cursor = Cursor()
    @Sendable func work() async {
        while !Task.isCancelled {
            let index = cursor.next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < elements.count else { return }
            await body(elements[index])
        }
    }
    await withDiscardingTaskGroup { group in
        for _ in 0..<min(max(1, limit), elements.count) { group.addTask { await work() } }
    }
}

private final class Cursor: Sendable {
    let next = Atomic<Int>(0)
}
