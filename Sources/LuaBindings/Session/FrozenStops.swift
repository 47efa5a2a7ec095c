import LuaRuntime
import TensorCore

/// Values of `stop_gradient`, recorded in one run of a script and given again in the next.
///
/// A difference quotient then sees constants where the derivative does, so that the two can be
/// compared.
final class FrozenStops {
  private var values: [Handle] = []
  private var next: Int?

  /// Starts to give the recorded values again, from the first.
  func replay() { next = 0 }

  /// What `stop_gradient` gives for a value.
  func pass(_ tensor: Tensor) throws -> Tensor {
    guard let place = next else {
      let copy = try tensor.graph.leaf(tensor.doubles(), tensor.shape, tensor.dtype)
      values.append(Handle(copy))
      return copy
    }
    guard place < values.count else {
      throw TensorError("stop_gradient", "the script took another path than before")
    }
    next = place + 1
    return values[place].tensor
  }

  /// `stop_gradient` under this name, as function and as method.
  static func function(_ context: ScriptContext) -> NativeFunction {
    .fast("stop_gradient", handles: 1) { call in
      if call.count > 1 { throw context.excess(call, 1) }
      let x = Tensor(graph: context.graph, id: try context.operand(call, 0))
      let result = try context.frozenStops?.pass(x) ?? x.stopGradient()
      try context.give(result.id, to: call)
    }
  }
}

extension ScriptSession {
  /// Runs `body` twice or more so that `stop_gradient` gives, after the first time, what it gave
  /// then. `body` calls the function it is given before each further run.
  public func freezingStops<Result>(_ body: (() -> Void) throws -> Result) rethrows -> Result {
    let outer = context.frozenStops
    let stops = FrozenStops()
    context.frozenStops = stops
    defer { context.frozenStops = outer }
    return try body { stops.replay() }
  }
}
