import TensorCore

/// Draws of completions inside a compiled step, each place in the graph with numbers of its own.
final class LaboratoryDraws {
  private let reader: CompletionReader
  private let step: Tensor
  private var sites = 0
  /// One key for all plans: what tells trials apart is part of the step.
  private static let key: UInt64 = 0x6c61_626f_7261_746f

  init(_ reader: CompletionReader, step: Tensor) {
    self.reader = reader
    self.step = step
  }

  /// Uniform numbers in [0, 1).
  func uniform(_ shape: Shape) throws -> Tensor {
    sites += 1
    return try reader.graph.random(
      shape, normal: false, reader.dtype, key: Self.key, site: sites, step: step)
  }

  /// One completion for each row, drawn from a law.
  ///
  /// - Parameters:
  ///   - table: log-probabilities of tokens, flat.
  ///   - contexts: the prompts of the rows, any shape.
  /// - Returns: cells, of the shape of `contexts`.
  /// - Throws: `TensorError` for tables of other shapes.
  func completions(_ table: Tensor, _ contexts: Tensor) throws -> Tensor {
    let all = try reader.logProb(table.stopGradient(), reader.everyCell.tensor)
    let scores = try all.gatherRows(contexts)
    // Gumbel's trick: the largest of log p - log(-log u) has the law p.
    let noise = try uniform(scores.shape).maximum(scores.like(1e-30)).log()
    let drawn = try (scores - (-noise).log()).argmax(-1)
    return try contexts * contexts.like(Double(reader.space.count)) + drawn
  }
}
