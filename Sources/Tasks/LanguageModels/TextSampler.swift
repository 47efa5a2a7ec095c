import Learning
import TensorCore

/// Draws texts from a language model, token by token, many at a time.
///
/// Keys and values of earlier tokens are kept in leaves that the compiled step updates in place.
/// The sampler reads the model's parameters at every step, so it may be kept while it trains.
/// What is drawn depends on the model, the stream, the options and each sample's place; two
/// samplers with the same stream share all random numbers.
public final class TextSampler {
  /// How tokens are drawn.
  public let options: SamplingOptions
  private let model: LanguageModel
  private let rows: Int
  private let key: UInt64
  private let noiseStep: Handle
  private var steps: [Int: DecodingStep] = [:]

  /// A sampler that works on `rows` texts at a time.
  ///
  /// - Parameters:
  ///   - model: what to draw from.
  ///   - options: how.
  ///   - stream: the randomness; its position counts.
  ///   - rows: texts at a time; part of what the numbers depend on.
  /// - Throws: `SamplingError` for options that make no sense.
  public init(
    _ model: LanguageModel, options: SamplingOptions = SamplingOptions(), stream: RandomStream,
    rows: Int = 128
  ) throws {
    if let fault = options.fault(vocabulary: model.shape.vocabulary) {
      throw SamplingError(fault)
    }
    var stream = stream
    self.model = model
    self.options = options
    self.rows = max(rows, 1)
    key = stream.nextUInt64()
    noiseStep = Handle(model.graph.hyperparameter(0))
  }

  /// Draws one completion after each prompt.
  ///
  /// - Parameter prompts: texts; empty ones for texts from the start.
  /// - Returns: one sample a prompt, in order.
  /// - Throws: `SamplingError` for a prompt that leaves no room in the model's length.
  public func sample(prompts: [String]) throws -> [Sample] {
    try sample(
      contexts: prompts.map { model.sequence(prompt: $0, completion: "").tokens.dropLast() })
  }

  /// Draws texts from the start.
  ///
  /// - Parameter count: how many.
  /// - Returns: the samples.
  /// - Throws: `TensorError` when the model cannot be run.
  public func sample(_ count: Int) throws -> [Sample] {
    try sample(prompts: [String](repeating: "", count: count))
  }

  private func sample(contexts: [ArraySlice<Int32>]) throws -> [Sample] {
    let longest = contexts.map(\.count).max() ?? 0
    guard longest < model.shape.length else {
      throw SamplingError(
        "a prompt of \(longest) tokens leaves no room in the model's \(model.shape.length)")
    }
    // One position fewer: the last token drawn is not read again.
    let places = min(longest + options.limit - 1, model.shape.length)
    let step = try decodingStep(places)
    var samples: [Sample] = []
    for start in stride(from: 0, to: contexts.count, by: rows) {
      let chunk = contexts[start..<min(start + rows, contexts.count)]
      samples += try draw(Array(chunk), step, chunk: start / rows)
    }
    return samples
  }

  /// Feeds the contexts of one chunk and goes on with what is drawn, until all have ended.
  private func draw(
    _ contexts: [ArraySlice<Int32>], _ step: DecodingStep, chunk: Int
  ) throws -> [Sample] {
    var samples = [Sample](repeating: Sample(), count: contexts.count)
    var open = contexts.count
    for position in 0..<step.length where open > 0 {
      model.graph.set(noiseStep.tensor, to: Double(chunk * model.shape.length + position))
      try step.run(position: position) { row in
        guard row < contexts.count else { return 0 }
        let (context, drawn) = (contexts[row], samples[row].tokens)
        if position < context.count { return Int64(context[context.startIndex + position]) }
        // Rows that have ended are fed anything; nobody reads what follows.
        let place = position - context.count
        return place < drawn.count ? Int64(drawn[place]) : 0
      }
      for row in samples.indices where position + 1 >= contexts[row].count {
        guard isOpen(samples[row]) else { continue }
        let token = Int32(step.tokens[row])
        samples[row].logProbs.append(step.logProbs[row])
        if token == model.tokenizer.endOfText {
          samples[row].hasEnded = true
        } else {
          samples[row].tokens.append(token)
        }
        if !isOpen(samples[row]) { open -= 1 }
      }
    }
    return samples
  }

  private func isOpen(_ sample: Sample) -> Bool {
    !sample.hasEnded && sample.logProbs.count < options.limit
  }

  /// The compiled step of a bucket of positions, in eights.
  private func decodingStep(_ places: Int) throws -> DecodingStep {
    let length = min((places + 7) / 8 * 8, model.shape.length)
    if let known = steps[length] { return known }
    let graph = model.graph
    let choice = TokenChoice(
      options: options, temperature: graph.weak(options.temperature),
      topP: graph.weak(options.topP), key: key, step: noiseStep.tensor)
    let made = try DecodingStep(model, rows: rows, length: length, choice: choice)
    steps[length] = made
    return made
  }
}
