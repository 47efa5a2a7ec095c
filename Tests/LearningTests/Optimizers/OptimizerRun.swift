import TensorCore
import TestSupport

@testable import Learning

/// A problem of the reference file and an optimizer at work on it.
struct OptimizerRun {
  let start: [Double]
  let graph = Graph()
  let store: ParameterStore
  let state: OptimizerState
  let plan: Plan

  /// The rule's name and options in ours.
  private static let rules: [String: String] = ["adafactor_torch": "adafactor", "muon_f64": "muon"]
  private static let options: [String: String] = [
    "lr": "learning_rate", "eps": "epsilon", "alpha": "decay", "lr_decay": "rate_decay",
    "initial_accumulator_value": "initial_sum", "lambd": "lambda", "t0": "start",
    "beta2_decay": "decay_exponent", "d": "clip", "ns_steps": "iterations",
    "ns_coefficients": "coefficients",
  ]
  private static let pairs: [String: [String]] = [
    "betas": ["beta1", "beta2"], "etas": ["shrink", "grow"],
    "step_sizes": ["smallest_step", "largest_step"],
  ]

  /// Sets up the case; `startFactor` scales where it begins.
  init(_ reference: GoldenCase, _ dtype: DType, startFactor: Double = 1) throws {
    let parts = reference.name.split(separator: "/").map(String.init)
    let full = OptimizerRun.rules[parts[0]] ?? parts[0]
    let optimizer = try OptimizerRun.rule(full)
    let input = reference.inputs["x0"]
    start = (input?.numbers ?? []).map { $0 * startFactor }
    var layout = ParameterLayout()
    let x = try layout.declare("x", Shape(input?.dims ?? []), initial: .constant(0))
    store = try ParameterStore(graph, layout, dtype)
    try store.set(x, to: start)
    state = try OptimizerState(
      optimizer, settings: OptimizerRun.settings(reference, optimizer), for: store)
    let parameters = try store.bind()
    let loss = try OptimizerRun.problem(parts[1], parameters[x])
    let gradient = try store.gradient(of: loss, withRespectTo: parameters)
    plan = try graph.compile(outputs: [loss], updates: state.updates(gradient: gradient))
  }

  private static func rule(_ name: String) throws -> any Optimizer & Sendable {
    var name = name
    while !Optimizers.all.contains(where: { $0.name == name }), let cut = name.lastIndex(of: "_") {
      name = String(name[..<cut])
    }
    return try Optimizers.named(name)
  }

  private static func settings(
    _ reference: GoldenCase, _ optimizer: any Optimizer
  ) -> [String: Setting] {
    var result: [String: Setting] = [:]
    let known = optimizer.settings.map(\.name) + ["maximize"]
    for (key, value) in reference.params {
      var option = options[key] ?? key
      if optimizer.name == "asgd", key == "alpha" { option = "power" }
      if let names = pairs[key] {
        for (name, number) in zip(names, value.numbers) { result[name] = .number(number) }
      } else if optimizer.name == "adafactor", key == "eps" {
        result["smallest_scale"] = .number(value.numbers[1])
      } else if known.contains(option) {
        switch value {
        case .flag(let flag): result[option] = .flag(flag)
        case .text(let text): result[option] = .text(text)
        case .array(let numbers, let dims):
          result[option] = dims.isEmpty ? .number(numbers[0]) : .numbers(numbers)
        }
      }
    }
    return result
  }

  private static func problem(_ name: String, _ x: Tensor) throws -> Tensor {
    func constant(_ values: [Double], _ shape: Shape) throws -> Tensor {
      try x.graph.tensor(values, shape: shape).cast(to: x.dtype)
    }
    switch name {
    case "quadratic4":
      let a = try constant(
        [3, 0.5, 0, 0.2, 0.5, 2, 0.3, 0, 0, 0.3, 1, 0.1, 0.2, 0, 0.1, 0.25], [4, 4])
      let b = try constant([1, -2, 0.5, 0.3], [4])
      return try (x * a.matmul(x)).sum() * 0.5 - (b * x).sum()
    case "rosenbrock2":
      let (first, second) = (
        try x.slice(0, start: 0, count: 1), try x.slice(0, start: 1, count: 1)
      )
      let (off, valley) = (try 1 - first, try second - first * first)
      return try (off * off + valley * valley * 100).sum()
    default:
      let target = try constant(
        [0.5, -1, 2, 1.5, 0.25, -0.75, -2, 1, 0, 0.1, 0.2, 0.3], [4, 3])
      let weights = try constant([1, 2, 0.5, 0.3, 1, 1, 2, 0.1, 1, 1, 1, 3], [4, 3])
      let off = try x - target
      return try (weights * off * off).sum() * 0.5
    }
  }

  /// The parameters after each of so many steps.
  func iterates(_ count: Int) throws -> [Double] {
    var result: [Double] = []
    for _ in 0..<count {
      try state.prepareStep()
      try plan.run()
      result += try store.values(of: Parameter(index: 0))
    }
    return result
  }
}
