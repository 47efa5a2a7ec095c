import Learning
import TensorCore

/// Token sequences with what comes before their first scored token.
public struct TokenSequences: Sendable {
  /// The tokens, end-of-text before and behind.
  public private(set) var packed = PackedSequences()
  /// For each sequence, how many leading tokens are context.
  public private(set) var contexts: [Int] = []

  /// No sequences.
  public init() {}

  /// The sequences of completions after their prompts.
  public init(_ model: LanguageModel, prompts: [String], completions: [String]) {
    for (prompt, completion) in zip(prompts, completions) {
      append(model.sequence(prompt: prompt, completion: completion))
    }
  }

  /// Adds a sequence.
  public mutating func append(_ sequence: (tokens: [Int32], context: Int)) {
    packed.append(sequence.tokens)
    contexts.append(sequence.context)
  }

  /// The number of sequences.
  public var count: Int { packed.count }

  /// The tokens to predict of each sequence: one fewer than it has.
  public var lengths: [Int] { packed.lengths.map { $0 - 1 } }

  /// The number of scored tokens of a sequence.
  public func scoredLength(_ index: Int) -> Int {
    packed.offsets[index + 1] - packed.offsets[index] - contexts[index]
  }

  /// The sequences of these that are at most `limit` tokens to predict, by position.
  public func fitting(_ limit: Int) -> [Int] {
    lengths.indices.filter { lengths[$0] <= limit }
  }
}

/// The leaves of one bucket through which batches of sequences reach a plan.
public final class SequenceLeaves {
  /// Rows of the batch.
  public let rows: Int
  /// Padded length, in tokens to predict.
  public let length: Int
  /// int64 `[rows, length]`, 0-based.
  public let inputs: Tensor
  /// int64 `[rows, length]`: the token after each input.
  public let targets: Tensor
  /// `[rows, length]`: 1 where a target is scored, else 0.
  public let mask: Tensor
  private let handles: [Handle]

  /// Leaves of undefined contents.
  public init(_ graph: Graph, rows: Int, length: Int) {
    self.rows = rows
    self.length = length
    inputs = graph.empty([rows, length], .int64)
    targets = graph.empty([rows, length], .int64)
    mask = graph.empty([rows, length], .float32)
    handles = [Handle(inputs), Handle(targets), Handle(mask)]
  }

  /// Writes a sequence into a row; allocates nothing. A longer one is cut off.
  public func write(
    _ sequences: TokenSequences, _ index: Int, row: Int, padding: Int32
  ) throws {
    let start = sequences.packed.offsets[index]
    let count = min(sequences.packed.offsets[index + 1] - start - 1, length)
    let context = sequences.contexts[index] - 1
    try inputs.withMutableBytes { bytes in
      let ids = bytes.bindMemory(to: Int64.self)
      for column in 0..<length {
        let token = column < count ? sequences.packed.tokens[start + column] : padding
        ids[row * length + column] = Int64(token)
      }
    }
    try targets.withMutableBytes { bytes in
      let ids = bytes.bindMemory(to: Int64.self)
      for column in 0..<length {
        let token = column < count ? sequences.packed.tokens[start + column + 1] : padding
        ids[row * length + column] = Int64(token)
      }
    }
    try mask.withMutableBytes { bytes in
      let scored = bytes.bindMemory(to: Float.self)
      for column in 0..<length {
        scored[row * length + column] = column >= context && column < count ? 1 : 0
      }
    }
  }

  /// Copies rows of larger leaves of the same length into all rows of these.
  public func copy(from other: SequenceLeaves, firstRow: Int) throws {
    for (target, source) in [(inputs, other.inputs), (targets, other.targets), (mask, other.mask)] {
      try target.copyRows(from: source, firstRow: firstRow)
    }
  }
}

extension Tensor {
  /// Overwrites this leaf with as many rows of a larger one, from `firstRow` on.
  public func copyRows(from other: Tensor, firstRow: Int) throws {
    let bytesPerRow = count / max(shape[0], 1) * dtype.size
    try other.withMutableBytes { source in
      try withMutableBytes { target in
        let start = firstRow * bytesPerRow
        target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[start..<start + target.count]))
      }
    }
  }

  /// Overwrites rows of this leaf, from `firstRow` on, with all of a smaller one.
  public func copy(intoRowsOf other: Tensor, firstRow: Int) throws {
    let bytesPerRow = count / max(shape[0], 1) * dtype.size
    try withMutableBytes { source in
      try other.withMutableBytes { target in
        let start = firstRow * bytesPerRow
        UnsafeMutableRawBufferPointer(rebasing: target[start..<start + source.count])
          .copyMemory(from: UnsafeRawBufferPointer(source))
      }
    }
  }
}
