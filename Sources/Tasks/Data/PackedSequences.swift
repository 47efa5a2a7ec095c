/// Token sequences one after another in one array, ready to be copied into padded batches.
public struct PackedSequences: Sendable, Equatable {
  /// All tokens.
  public private(set) var tokens: [Int32] = []
  /// Where each sequence starts, and at the end where the last one ends.
  public private(set) var offsets: [Int] = [0]

  /// Makes an empty list.
  public init() {}

  /// Packs sequences.
  public init(_ sequences: some Sequence<[Int32]>) {
    for sequence in sequences { append(sequence) }
  }

  /// The number of sequences.
  public var count: Int { offsets.count - 1 }

  /// The length of each sequence, in tokens.
  public var lengths: [Int] { zip(offsets.dropFirst(), offsets).map { $0 - $1 } }

  /// The tokens of a sequence.
  public subscript(index: Int) -> ArraySlice<Int32> {
    tokens[offsets[index]..<offsets[index + 1]]
  }

  /// Adds a sequence at the end.
  ///
  /// - Parameter sequence: its tokens.
  public mutating func append(_ sequence: some Sequence<Int32>) {
    tokens.append(contentsOf: sequence)
    offsets.append(tokens.count)
  }

  /// Copies sequences into the rows of a padded batch, without allocating.
  ///
  /// - Parameters:
  ///   - rows: the position of each row's sequence.
  ///   - length: the columns of the batch; a longer sequence is cut off at it.
  ///   - padding: the token behind a sequence's end.
  ///   - ids: [rows, length], row-major; overwritten.
  ///   - mask: [rows, length], row-major; becomes 1 where a token is, else 0.
  public func fill(
    rows: [Int], length: Int, padding: Int32,
    ids: UnsafeMutableBufferPointer<Int32>, mask: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(ids.count == rows.count * length && mask.count == ids.count)
    tokens.withUnsafeBufferPointer { tokens in
      for (row, index) in rows.enumerated() {
        let start = offsets[index]
        let used = min(offsets[index + 1] - start, length)
        for column in 0..<length {
          let place = row * length + column
          ids[place] = column < used ? tokens[start + column] : padding
          mask[place] = column < used ? 1 : 0
        }
      }
    }
  }
}
