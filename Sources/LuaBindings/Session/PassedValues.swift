import LuaRuntime
import TensorCore

extension ScriptSession {
  /// Values that a native function was given or got, ready to be handed to Lua again: every
  /// tensor in them has an ownership of its own.
  public func passedOn(_ values: [LuaValue]) -> [LuaValue] { values.map(context.keptDeep) }

  /// Computes every tensor among the values, tables included.
  ///
  /// - Throws: `TensorError` inside a capture, or for an index out of range.
  public func compute(_ values: [LuaValue]) throws {
    let tensors = values.flatMap { TensorTree.leaves($0, context) }
    guard !tensors.isEmpty else { return }
    try context.requireLooking("compute")
    try holding { try graph.realize(tensors) }
    context.reportBytes()
  }
}
