/// Every optimizer there is.
public enum Optimizers {
  /// The rules, in the order help lists them.
  public static let all: [any Optimizer & Sendable] = [
    SGD(), Adam(), AdamW(), Adamax(), NAdam(), RAdam(), RMSprop(), Adagrad(), Adadelta(),
    Lion(), Rprop(), ASGD(), Adafactor(), Muon(),
  ]

  /// The rule called `name`.
  ///
  /// - Throws: `LearningError` naming the nearest when there is none.
  public static func named(_ name: String) throws -> any Optimizer & Sendable {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw LearningError("optimizer", unknown: name, kind: "optimizer", among: all.map(\.name))
  }

  // Options that several rules share.

  static func learningRate(_ value: Double) -> SettingDeclaration {
    SettingDeclaration("learning_rate", value, "size of a step", in: 0...Double.infinity)
  }

  static func decay(_ name: String, _ value: Double, _ of: String) -> SettingDeclaration {
    SettingDeclaration(name, value, "decay of the running average of \(of)", in: 0...1)
  }

  static let beta1 = decay("beta1", 0.9, "the gradient")
  static let beta2 = decay("beta2", 0.999, "the squared gradient")

  static func epsilon(_ value: Double) -> SettingDeclaration {
    SettingDeclaration("epsilon", value, "keeps the divisor from 0", in: 0...Double.infinity)
  }

  static func weightDecay(_ value: Double, _ summary: String) -> SettingDeclaration {
    SettingDeclaration("weight_decay", value, summary, in: 0...Double.infinity)
  }

  static let penalty = weightDecay(0, "weight of the L2 penalty added to the gradient")
  static let shrinkage = weightDecay(0.01, "shrinks parameters by learning_rate times this")
}
