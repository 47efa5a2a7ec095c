import LuaRuntime
import TensorCore

extension ScriptSession {
  /// Gives the session a budget that counts from now on: Lua and tensors, instructions and
  /// kernels together.
  ///
  /// Once a part of it is spent, nothing runs in the session any more, and every call ends with
  /// a `LuaError` that has the reason.
  ///
  /// - Parameters:
  ///   - budget: what may be used.
  ///   - giveUp: called when a trusted script does not stop in time; see `LuaState.limit`.
  public func limit(to budget: Budget, giveUp: (@Sendable () -> Void)? = nil) {
    guard !lua.isLimited else { return }
    let (context, control) = (context, lua.control)
    lua.limit(to: budget, giveUp: giveUp)
    context.isLimited = true
    context.reportBytes()
    lua.onSettle = {
      context.reportBytes()
      _ = control.isWithin(.nodes, context.graph.liveNodes)
    }
    context.admitBytes = { [weak lua] bytes in lua?.admits(bytes: bytes) ?? false }
    graph.watch?.admit = { [weak context] work, bytes in
      guard let context, control.charge(.work, work) else { throw ExecutionStopped() }
      context.reportBytes()
      if bytes > ScriptContext.worthTrimming { context.graph.trimMemory() }
      guard context.admitBytes?(bytes) ?? true else { throw ExecutionStopped() }
    }
  }
}

extension ScriptContext {
  /// Bytes of a value for which idle buffers are given back first.
  static let worthTrimming = 16 << 20
  /// Bytes of a node, with what belongs to it.
  private static let nodeBytes = 160

  /// All that tensors need: values, running plans, nodes.
  var limitedBytes: Int { graph.heldBytes + graph.liveNodes * Self.nodeBytes }

  /// Checks that so many numbers may be made as plain Swift and Lua numbers.
  ///
  /// - Throws: `TensorError` where no machine holds them; `ExecutionStopped` where the budget does
  ///   not.
  func requireRoom(_ count: Int, _ operation: String, bytesEach: Int = 16) throws {
    guard count < Self.mostNumbers else {
      throw TensorError(operation, "\(count) numbers are too many")
    }
    guard count > 1024, let admitBytes else { return }
    guard admitBytes(count * bytesEach) else { throw ExecutionStopped() }
  }

  /// Numbers that a script may make or look at at once.
  private static let mostNumbers = 1 << 31
}
