import Learning
import TensorCore

/// The choice of one token a row, as graph.
struct TokenChoice {
  let options: SamplingOptions
  /// Divides the logits; 0-d.
  let temperature: Tensor
  /// The probability that top-p keeps; 0-d.
  let topP: Tensor
  /// Which numbers are drawn.
  let key: UInt64
  /// Other numbers at every value; 0-d.
  let step: Tensor

  /// One token of each row.
  ///
  /// The token with the greatest sum of scaled logit and Gumbel noise is a draw from the softmax,
  /// and two models that share the noise mostly draw the same token where they agree.
  ///
  /// - Parameter logits: `[rows, vocabulary]`.
  /// - Returns: int64 `[rows]`, 0-based.
  /// - Throws: `TensorError` where shapes do not fit.
  func callAsFunction(_ logits: Tensor) throws -> Tensor {
    if options.temperature == 0 { return try logits.apply("argmax_last") }
    let scaled = try logits / temperature
    let uniform = try logits.graph.random(
      logits.shape, normal: false, logits.dtype, key: key, site: 0, step: step)
    let noise = try -((-uniform.log()).log())
    return try (filtered(scaled) + noise).apply("argmax_last")
  }

  /// The logits, minus infinity where top-k or top-p leaves a token out.
  private func filtered(_ logits: Tensor) throws -> Tensor {
    let vocabulary = logits.shape[1]
    let limitsCount = options.topK > 0 && options.topK < vocabulary
    guard limitsCount || options.topP < 1 else { return logits }
    let sorted = try logits.gatherAlong(logits.argsort(descending: true))
    var lowest = sorted
    if limitsCount {
      lowest = try sorted.slice(1, start: options.topK - 1, count: 1)
    }
    if options.topP < 1 {
      let masses = try sorted.softmax(-1)
      // A token is kept while those before it have not reached the probability.
      let isKept = try (masses.cumulativeSum() - masses).lt(topP)
      let least = try isKept.where(sorted, else: sorted.like(.infinity))
        .minimum([1], keepingAxes: true)
      lowest = limitsCount ? try lowest.maximum(least) : least
    }
    return try logits.ge(lowest).where(logits, else: logits.like(-.infinity))
  }
}
