import Foundation
import TensorCore
import Testing

@testable import Tasks

@Suite struct BatchScheduleTests {
  private let lengths: [Int]

  init() {
    var stream = RandomStream(seed: 4, name: "lengths")
    lengths = (0..<107).map { _ in 1 + stream.uniform(below: 30) }
  }

  private func schedule(seed: UInt64 = 1, batchSize: Int = 8) throws -> BatchSchedule {
    try BatchSchedule(
      lengths: lengths, batchSize: batchSize, buckets: LengthBuckets([8, 16, 32]),
      stream: RandomStream(seed: seed, name: "order"))
  }

  private func counted(_ batch: Batch) -> [Int] {
    zip(batch.rows, batch.weights).filter { $0.1 > 0 }.map(\.0)
  }

  @Test(arguments: [1, 8, 50, 107, 200]) func anEpochHasEachExampleOnce(batchSize: Int) throws {
    let schedule = try schedule(batchSize: batchSize)
    for batches in [schedule.batches(epoch: 0), schedule.batches(epoch: 1), schedule.inOrder()] {
      #expect(batches.count == schedule.batchesPerEpoch)
      #expect(batches.flatMap(counted).sorted() == Array(0..<107))
      for batch in batches {
        #expect(batch.rows.count == batchSize && batch.weights.count == batchSize)
        #expect(batch.rows.allSatisfy { lengths[$0] <= batch.length })
        #expect([8, 16, 32].contains(batch.length))
      }
      #expect(batches.filter { $0.rowCount < batchSize }.count <= 1)
    }
  }

  @Test func epochsDiffer() throws {
    let schedule = try schedule()
    #expect(schedule.batches(epoch: 0) != schedule.batches(epoch: 1))
    #expect(schedule.batches(epoch: 0) == schedule.batches(epoch: 0))
    #expect(try schedule.batches(epoch: 0) != self.schedule(seed: 2).batches(epoch: 0))
    #expect(schedule.inOrder().map(\.length) == schedule.inOrder().map(\.length).sorted())
  }

  @Test func resumingGoesOnWithTheSameBatches() throws {
    var whole = try schedule()
    let all = (0..<40).map { _ in whole.next() }
    for stop in [0, 1, 13, 14, 15, 28, 39] {
      var first = try schedule()
      for _ in 0..<stop { _ = first.next() }
      let saved = try JSONEncoder().encode(first.position)
      var second = try schedule()
      second.seek(to: try JSONDecoder().decode(BatchSchedule.Position.self, from: saved))
      #expect((stop..<40).map { _ in second.next() } == Array(all[stop...]))
    }
  }

  @Test func strangePositionsAreHarmless() throws {
    var schedule = try schedule()
    schedule.seek(to: .init(epoch: -3, batch: -1))
    #expect(schedule.next() == schedule.batches(epoch: 0)[0])
    schedule.seek(to: .init(epoch: 2, batch: 999))
    #expect(schedule.next() == schedule.batches(epoch: 3)[0])
  }

  @Test func saysWhatDoesNotFit() {
    let stream = RandomStream(seed: 1, name: "x")
    func message(_ lengths: [Int], _ size: Int) -> String {
      faultMessage {
        _ = try BatchSchedule(
          lengths: lengths, batchSize: size, buckets: LengthBuckets([8, 16]), stream: stream)
      }
    }
    #expect(message([3, 17], 2) == "example 2 has 17 tokens, more than the longest bucket, 16")
    #expect(message([], 2) == "cannot make batches of 2 rows from 0 examples")
    #expect(message([1], 0) == "cannot make batches of 0 rows from 1 examples")
  }
}
