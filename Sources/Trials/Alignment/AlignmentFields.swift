import Tasks
import TensorCore

/// How the numbers of a batch reach its leaves, beside its tokens and its mask.
struct AlignmentFields {
  let data: AlignmentData

  /// Names of the leaves of one bucket.
  static func frozen(_ name: String) -> String { "frozen." + name }
  static func member(_ name: String) -> String { "member." + name }
  static func column(_ name: String) -> String { "column." + name }

  /// Leaves of undefined contents.
  func make(_ graph: Graph, rows: Int, length: Int) -> ObjectiveFields {
    let members = data.slots.memberCount
    var leaves = [
      "weight": graph.empty([rows], .float32),
      "present": graph.empty([members * rows], .float32),
    ]
    for scores in data.frozen {
      let count = scores.places.first?.count ?? 0
      leaves[Self.frozen(scores.name)] = graph.empty([count * rows, length], .float32)
    }
    for values in data.memberValues {
      leaves[Self.member(values.name)] = graph.empty(
        values.isPerToken ? [members * rows, length] : [members * rows], .float32)
    }
    for name in data.source.columns.keys {
      leaves[Self.column(name)] = graph.empty([rows], .float32)
    }
    return ObjectiveFields(leaves)
  }

  /// Writes a batch; allocates nothing.
  func fill(_ fields: ObjectiveFields, _ batch: Batch) throws {
    try fields.leaves["weight"]?.write(batch.weights)
    for scores in data.frozen {
      try write(fields.leaves[Self.frozen(scores.name)], batch, isPerToken: true) {
        place, example in
        let places = scores.places[example]
        return place < places.count ? scores.tokenLogProbs[places[place]] : []
      }
    }
    for values in data.memberValues {
      try write(
        fields.leaves[Self.member(values.name)], batch, isPerToken: values.isPerToken
      ) { place, example in
        let found = values.values[example]
        return place < found.count ? found[place] : []
      }
    }
    try write(fields.leaves["present"], batch, isPerToken: false) { place, example in
      data.examples[example].isPresent[place] ? Self.one : []
    }
    for (name, numbers) in data.source.columns {
      try fields.leaves[Self.column(name)]?.withMutableBytes { bytes in
        let target = bytes.bindMemory(to: Float.self)
        for (row, example) in batch.rows.enumerated() {
          target[row] = Float(numbers[data.examples[example].row])
        }
      }
    }
  }

  private static let one: [Float] = [1]

  /// Writes for each place and row the numbers that `values` has, in line with the scored tokens
  /// of the sequence in that place; zeros elsewhere.
  private func write(
    _ leaf: Tensor?, _ batch: Batch, isPerToken: Bool,
    _ values: (_ place: Int, _ example: Int) -> [Float]
  ) throws {
    guard let leaf else { return }
    let rows = batch.rows.count
    let width = isPerToken ? leaf.shape[1] : 1
    try leaf.withMutableBytes { bytes in
      let target = bytes.bindMemory(to: Float.self)
      for place in 0..<leaf.shape[0] / rows {
        for (row, example) in batch.rows.enumerated() {
          let numbers = values(place, example)
          let sequence = data.examples[example].sequences[place]
          let start = isPerToken ? data.sequences.contexts[sequence] - 1 : 0
          let first = (place * rows + row) * width
          for column in 0..<width {
            let token = column - start
            target[first + column] = token >= 0 && token < numbers.count ? numbers[token] : 0
          }
        }
      }
    }
  }
}
