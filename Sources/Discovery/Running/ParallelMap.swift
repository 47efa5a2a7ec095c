import Dispatch
import Synchronization

/// Applies a function to each element on several threads.
///
/// - Parameters:
///   - elements: what to work on.
///   - lanes: threads at once.
///   - body: may be called on any of them.
/// - Returns: in the order of the elements.
func inParallel<Element: Sendable, Output: Sendable>(
  _ elements: [Element], lanes: Int, _ body: @Sendable (Element) -> Output
) -> [Output] {
  guard lanes > 1, elements.count > 1 else { return elements.map(body) }
  let results = Mutex([Output?](repeating: nil, count: elements.count))
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: min(lanes, elements.count)) { _ in
    while true {
      let place = next.add(1, ordering: .relaxed).oldValue
      guard place < elements.count else { return }
      let result = body(elements[place])
      results.withLock { $0[place] = result }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}
