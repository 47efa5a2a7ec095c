import LuaBindings
import LuaRuntime
import Notation
import Tasks
import TensorCore

/// What one Lua state keeps between trials: compiled steps, worlds, sources.
///
/// The session keeps it, so it must not hold the session.
final class LaboratoryPlans {
  private var trainers: [(key: String, loss: LaboratoryLossKey, trainer: LaboratoryTrainer)] = []
  private var worlds: [(key: String, scores: LaboratoryScores)] = []
  /// Declarations that sources returned.
  var sources: [String: LuaValue] = [:]
  private static let most = 32

  /// The scores of a world, computed once.
  func scores(
    _ key: String, _ make: () throws -> LaboratoryWorld
  ) rethrows -> LaboratoryScores {
    if let known = worlds.first(where: { $0.key == key }) { return known.scores }
    let scores = LaboratoryScores(try make())
    if worlds.count == Self.most { worlds.removeFirst() }
    worlds.append((key, scores))
    return scores
  }

  /// A compiled step that fits, its parameters set; made where there is none.
  func trainer(
    _ key: String, _ loss: LaboratoryLossKey, _ values: [String: ParameterValue],
    _ make: () throws -> LaboratoryTrainer
  ) rethrows -> LaboratoryTrainer {
    let place = trainers.firstIndex {
      $0.key == key && $0.loss == loss && $0.trainer.update(values)
    }
    if let place { return trainers[place].trainer }
    let made = try make()
    if trainers.count == Self.most { trainers.removeFirst() }
    trainers.append((key, loss, made))
    return made
  }
}

/// Equal for two losses that compute by the same function of one state.
struct LaboratoryLossKey: Equatable {
  let name: String
  let function: LuaValue
}
