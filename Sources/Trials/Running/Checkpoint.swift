import Foundation
import Learning
import Tasks
import TensorCore

/// A stage's whole state in one safetensors file: parameters, optimizer slots, the loss's state,
/// the step and the place in the order of batches.
///
/// A loop restored from it goes on with the same bits as one that never stopped.
enum Checkpoint {
  /// Writes the state, whole or not at all.
  static func save(_ loop: TrainingLoop, to path: String) throws {
    let position = loop.position
    var tensors = [saved("parameters", loop.model.store.flat)]
    for slot in loop.optimizer.slots { tensors.append(saved("slot." + slot.name, slot.leaf)) }
    for state in loop.objective.state {
      tensors.append(saved("state." + state.name, state.leaf))
    }
    try SafetensorsWriter.write(
      tensors, to: path,
      metadata: [
        ("stage", loop.options.name), ("step", String(loop.step)),
        ("epoch", String(position.epoch)), ("batch", String(position.batch)),
        ("optimizer", loop.optimizer.optimizer.name),
      ])
  }

  private static func saved(_ name: String, _ leaf: Tensor) -> SavedTensor {
    SavedTensor(name: name, type: .float32, shape: leaf.shape.dims) { body in
      try leaf.withMutableBytes { try body(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Puts a loop where it was when the file was written.
  ///
  /// - Throws: `FileError` for a file that is damaged or belongs to another stage or model.
  static func restore(_ loop: TrainingLoop, from path: String) throws {
    let file = try SafetensorsFile(path: path)
    func number(_ name: String) throws -> Int {
      guard let number = file.metadata[name].flatMap({ Int($0) }) else {
        throw FileError(path, "has no \(name); it is no checkpoint")
      }
      return number
    }
    let stage = file.metadata["stage"] ?? "?"
    guard stage == loop.options.name,
      file.metadata["optimizer"] == loop.optimizer.optimizer.name
    else {
      throw FileError(
        path,
        "belongs to stage \(stage) with \(file.metadata["optimizer"] ?? "?"), expected "
          + "\(loop.options.name) with \(loop.optimizer.optimizer.name)")
    }
    try load("parameters", loop.model.store.flat, file)
    let slots = try loop.optimizer.slots.map { slot in
      let numbers = try file.float32("slot." + slot.name, shape: slot.leaf.shape.dims)
      return numbers.withUnsafeBytes { Array($0) }
    }
    let step = try number("step")
    try loop.optimizer.restore(step: step, slots: slots)
    for state in loop.objective.state { try load("state." + state.name, state.leaf, file) }
    let place = try (number("epoch"), number("batch"))
    loop.resume(
      step: step, position: BatchSchedule.Position(epoch: place.0, batch: place.1))
  }

  private static func load(_ name: String, _ leaf: Tensor, _ file: SafetensorsFile) throws {
    try leaf.write(try file.float32(name, shape: leaf.shape.dims))
  }
}
