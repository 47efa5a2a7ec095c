import Learning

/// How a stage trains.
struct StageOptions: Sendable {
  /// The name in logs and checkpoints.
  var name: String
  var steps: Int
  /// Examples of a batch.
  var batchSize = 32
  /// Parts that a batch is computed in; the loss sees the whole batch all the same.
  var microBatches = 1
  var optimizer = "adamw"
  var optimizerSettings: [String: Setting] = [:]
  var learningRate = 1e-3
  var schedule = "cosine"
  /// What the schedule is given beside the stage's steps, warmup and rate.
  var scheduleSettings: [String: Setting] = [:]
  /// Share of the steps over which the rate rises from 0.
  var warmup = 0.05
  /// Largest norm of a step's gradient.
  var clip = 1.0
  /// Whether the model's dropout acts in this stage.
  var usesDropout = false
  /// Padded lengths at most.
  var bucketCount = 4
  var seed: UInt64 = 1

  /// A stage of so many steps.
  init(_ name: String, steps: Int) {
    self.name = name
    self.steps = steps
  }
}
