/// A binary heap: elements come out in an order given by a function.
struct PriorityQueue<Element> {
  private var heap: [Element] = []
  private let precedes: (Element, Element) -> Bool

  /// Makes an empty queue.
  ///
  /// - Parameter precedes: whether the first element comes out before the second.
  init(precedes: @escaping (Element, Element) -> Bool) {
    self.precedes = precedes
  }

  /// Adds an element.
  mutating func push(_ element: Element) {
    heap.append(element)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the first element out; nil when there is none.
  mutating func pop() -> Element? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return first }
      if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
      guard precedes(heap[child], heap[parent]) else { return first }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
