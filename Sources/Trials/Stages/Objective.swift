import Learning
import Tasks
import TensorCore

/// What a stage of training makes of the log-probabilities that the model gives its batch.
///
/// An objective sees the whole batch at once, whatever the micro-batches: it is a function of
/// token log-probabilities and of leaves that it fills itself.
protocol Objective: AnyObject {
  /// Sequences of one example: 1 for texts, 2 for pairs.
  var sequencesPerExample: Int { get }
  /// All sequences of the data.
  var sequences: TokenSequences { get }
  /// The position in `sequences` of one of an example's sequences.
  func sequence(_ which: Int, of example: Int) -> Int
  /// The padded length that each example needs, in tokens to predict.
  var exampleLengths: [Int] { get }

  /// Leaves for the extra numbers of a batch, beside its tokens and its mask.
  func makeFields(_ graph: Graph, rows: Int, length: Int) throws -> ObjectiveFields
  /// What the model makes of sequences, each `[sequences, tokens]`, token log-probabilities first;
  /// the loss is a function of these.
  func scores(
    _ model: LanguageModel, _ pass: ForwardPass, _ leaves: SequenceLeaves
  ) throws -> [Tensor]
  /// Writes the extra numbers of the batch of a step, counted from 1; allocates nothing.
  func fill(_ fields: ObjectiveFields, _ batch: Batch, step: Int) throws
  /// Builds the loss.
  ///
  /// - Parameters:
  ///   - scores: what `scores` gave, `[sequences, tokens]` each: all first sequences of the
  ///     examples, then all second.
  ///   - mask: `[sequences, tokens]`.
  ///   - fields: the extra leaves of the batch.
  /// - Returns: the loss and what is measured beside it.
  /// - Throws: whatever a script's loss raises.
  func loss(scores: [Tensor], mask: Tensor, fields: ObjectiveFields) throws -> ObjectiveResult
  /// What the objective remembers across batches, by name.
  var state: [(name: String, leaf: Tensor)] { get }
}

extension Objective {
  /// Token log-probabilities, nats.
  func scores(
    _ model: LanguageModel, _ pass: ForwardPass, _ leaves: SequenceLeaves
  ) throws -> [Tensor] {
    [try model.tokenLogProbs(pass, inputs: leaves.inputs, targets: leaves.targets)]
  }
}

/// The extra leaves of one bucket.
struct ObjectiveFields {
  /// Leaves by name.
  let leaves: [String: Tensor]
  private let handles: [Handle]

  /// Keeps the leaves alive.
  init(_ leaves: [String: Tensor]) {
    self.leaves = leaves
    handles = leaves.values.map(Handle.init)
  }
}

/// The loss of a batch and what is measured beside it.
struct ObjectiveResult {
  /// One number to descend.
  let loss: Tensor
  /// Measurements, each one number.
  let metrics: [(name: String, value: Tensor)]
  /// New values of the objective's state.
  let updates: [(target: Tensor, value: Tensor)]
  private let handles: [Handle]

  /// A loss with measurements and new state.
  init(
    loss: Tensor, metrics: [(name: String, value: Tensor)] = [],
    updates: [(target: Tensor, value: Tensor)] = []
  ) {
    self.loss = loss
    self.metrics = metrics
    self.updates = updates
    handles = ([loss] + metrics.map(\.value) + updates.map(\.value)).map(Handle.init)
  }
}
