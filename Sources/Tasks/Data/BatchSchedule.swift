import TensorCore

/// Which examples a batch takes.
public struct Batch: Sendable, Equatable {
  /// The length that every row is padded to, in tokens.
  public let length: Int
  /// The position of each row's example; always as many as the batch size. Rows without an example
  /// of their own repeat the first one.
  public let rows: [Int]
  /// 1 for each row with an example of its own, 0 for the others, which must not count.
  public let weights: [Float]

  /// The number of rows that count.
  public var rowCount: Int { weights.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }
}

/// An endless, reproducible order of batches over examples of different lengths.
///
/// Every epoch takes each example once, in an order that depends only on the stream and the epoch's
/// number. Batches are full and of one bucket; what is left of a bucket moves up to the next longer
/// one, so at most one batch an epoch has rows that do not count. `position` is all there is to
/// save: a schedule made alike and put there goes on with the same batches.
public struct BatchSchedule: Sendable {
  /// A place in the order.
  public struct Position: Sendable, Hashable, Codable {
    /// Epochs finished.
    public var epoch = 0
    /// Batches taken in this epoch.
    public var batch = 0

    /// The start.
    public init() {}

    /// A place in the order.
    public init(epoch: Int, batch: Int) {
      self.epoch = epoch
      self.batch = batch
    }
  }

  private let byBucket: [Int]
  private let buckets: LengthBuckets
  private let batchSize: Int
  private let stream: RandomStream
  private var plan: [Batch] = []
  private var planEpoch = -1

  /// The next batch's place.
  public private(set) var position = Position()

  /// Plans batches.
  ///
  /// - Parameters:
  ///   - lengths: the length of each example in tokens; of a pair, the longer side's.
  ///   - batchSize: rows of every batch.
  ///   - buckets: the padded lengths.
  ///   - stream: the randomness; its position is not used.
  /// - Throws: `BatchError` where there is no example, or one is longer than every bucket.
  public init(
    lengths: [Int], batchSize: Int, buckets: LengthBuckets, stream: RandomStream
  ) throws {
    guard !lengths.isEmpty, batchSize > 0 else {
      throw BatchError("cannot make batches of \(batchSize) rows from \(lengths.count) examples")
    }
    byBucket = try lengths.enumerated().map { index, length in
      if let bucket = buckets.bucket(for: length) { return bucket }
      throw BatchError(
        "example \(index + 1) has \(length) tokens, more than the longest bucket,"
          + " \(buckets.lengths.last ?? 0)")
    }
    self.batchSize = batchSize
    self.buckets = buckets
    self.stream = stream
  }

  /// Returns the batches of an epoch, in order.
  ///
  /// - Parameter epoch: its number, from 0.
  /// - Returns: batches that hold each example once.
  public func batches(epoch: Int) -> [Batch] {
    var draws = stream.child("epoch").child(epoch)
    let order = draws.permutation(byBucket.count)
    var batches = batches(in: order)
    draws.shuffle(&batches)
    return batches
  }

  /// Returns batches that hold each example once, without randomness: for evaluation.
  ///
  /// - Returns: batches by ascending length.
  public func inOrder() -> [Batch] {
    batches(in: Array(byBucket.indices))
  }

  /// The number of batches of every epoch.
  public var batchesPerEpoch: Int { (byBucket.count + batchSize - 1) / batchSize }

  /// Takes the next batch, starting the next epoch where this one is through.
  public mutating func next() -> Batch {
    if position.batch >= batchesPerEpoch {
      position = Position(epoch: position.epoch + 1, batch: 0)
    }
    if planEpoch != position.epoch {
      plan = batches(epoch: position.epoch)
      planEpoch = position.epoch
    }
    defer { position.batch += 1 }
    return plan[position.batch]
  }

  /// Goes to a place saved from `position`.
  ///
  /// - Parameter position: where to go on; negative counts become 0.
  public mutating func seek(to position: Position) {
    self.position = Position(epoch: max(position.epoch, 0), batch: max(position.batch, 0))
  }

  private func batches(in order: [Int]) -> [Batch] {
    var rows = [[Int]](repeating: [], count: buckets.lengths.count)
    for example in order { rows[byBucket[example]].append(example) }
    var batches: [Batch] = []
    var waiting: [Int] = []
    for (bucket, length) in buckets.lengths.enumerated() {
      waiting += rows[bucket]
      let full = waiting.count / batchSize * batchSize
      for start in stride(from: 0, to: full, by: batchSize) {
        batches.append(batch(Array(waiting[start..<start + batchSize]), length))
      }
      waiting.removeFirst(full)
    }
    if !waiting.isEmpty, let longest = waiting.map({ byBucket[$0] }).max() {
      batches.append(batch(waiting, buckets.lengths[longest]))
    }
    return batches
  }

  private func batch(_ rows: [Int], _ length: Int) -> Batch {
    let missing = batchSize - rows.count
    return Batch(
      length: length, rows: rows + Array(repeating: rows[0], count: missing),
      weights: Array(repeating: 1, count: rows.count) + Array(repeating: 0, count: missing))
  }
}

/// Batches that cannot be made.
public struct BatchError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was asked and why it cannot be.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
