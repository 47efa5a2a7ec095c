import Foundation
import Learning
import LuaBindings
import LuaRuntime
import Methods
import Tasks
import TensorCore
import Testing

@testable import Trials

/// A small model and small data that stages can be tried on in a second.
struct TinyWorld {
  let session: ScriptSession
  let catalogue: MethodCatalogue
  let policy: LanguageModel
  let reference: LanguageModel
  var preferences: PreferenceSet
  let texts: [String]

  var graph: Graph { session.graph }

  init(threads: Int = 1, seed: UInt64 = 1, dropout: Double = 0) throws {
    session = try ScriptSession(graph: Graph(threads: threads))
    catalogue = try MethodCatalogue(StandardLibrary.find(), in: session)
    var options = PreferenceTask.Options()
    options.counts = [.train: 96, .validation: 8, .test: 8]
    let task = try PreferenceTask(SyntheticReviews(count: 1200).source, options: options)
    texts = Array(task.split.train.map(\.text).prefix(96))
    preferences = task.preferences(.train)
    let tokenizer = try BytePairTrainer.train(texts, options: .init(vocabularySize: 300))
    var shape = TransformerShape(vocabulary: tokenizer.vocabularySize)
    (shape.width, shape.layers, shape.heads, shape.keyValueHeads) = (16, 1, 2, 2)
    (shape.hidden, shape.length, shape.dropout) = (32, 160, dropout)
    policy = try LanguageModel(shape, tokenizer: tokenizer, graph: session.graph, seed: seed)
    reference = try policy.copy(trainable: false)
  }

  /// A loop of `steps` with a loss of the standard library.
  func loop(
    _ loss: String, steps: Int, batch: Int = 8, microBatches: Int = 1, buckets: Int = 2,
    _ parameters: [String: ParameterValue] = [:], _ rows: CompletionSet? = nil,
    _ inputs: AlignmentInputs = AlignmentInputs()
  ) throws -> TrainingLoop {
    let objective = try objective(loss, parameters, rows, inputs)
    var options = StageOptions("preference", steps: steps)
    options.batchSize = batch
    options.microBatches = microBatches
    options.bucketCount = buckets
    options.learningRate = 1e-3
    return try TrainingLoop(policy, objective, options)
  }

  /// A loss of the standard library on these rows, or on the preferences.
  func objective(
    _ loss: String, _ parameters: [String: ParameterValue] = [:], _ rows: CompletionSet? = nil,
    _ inputs: AlignmentInputs = AlignmentInputs()
  ) throws -> AlignmentObjective {
    try AlignmentObjective(
      catalogue.loss(loss), parameters, rows ?? CompletionSet(preferences), inputs,
      policy: policy, reference: reference, session: session)
  }

  /// A function that a script wrote.
  func function(_ source: String) throws -> LuaFunction {
    let chunk = try session.lua.load(Array("return \(source)".utf8), chunkName: "=function")
    return try #require(session.lua.call(chunk, []).first?.functionValue)
  }

  /// The bits of all parameters.
  func bits() throws -> [UInt32] { try policy.store.flat.floats().map(\.bitPattern) }
}
