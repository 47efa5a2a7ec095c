import TensorCore
import Testing

@testable import Tasks

@Suite struct PriorityQueueTests {
  @Test func comesOutInOrder() {
    var stream = RandomStream(seed: 1, name: "queue")
    var queue = PriorityQueue<Int>(precedes: <)
    var kept: [Int] = []
    for _ in 0..<300 {
      let value = stream.uniform(below: 50)
      queue.push(value)
      kept.append(value)
      if stream.uniform() < 0.3 {
        kept.sort()
        #expect(queue.pop() == kept.removeFirst())
      }
    }
    var rest: [Int] = []
    while let value = queue.pop() { rest.append(value) }
    #expect(rest == kept.sorted())
  }
}
