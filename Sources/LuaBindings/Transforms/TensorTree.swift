import LuaRuntime
import TensorCore

/// The tensors within a Lua value, and values of the same structure around other tensors.
enum TensorTree {
  /// The tensors in order: list items first, then fields by name. Numbers count where asked.
  static func leaves(_ value: LuaValue, _ context: ScriptContext) -> [Tensor] {
    if let tensor = context.tensor(value) { return [tensor] }
    guard let table = value.tableValue else { return [] }
    return table.items.flatMap { leaves($0, context) }
      + table.fields.flatMap { leaves($0.value, context) }
  }

  /// The same structure around new tensors, which are taken from the front of `tensors`; what is
  /// no tensor stays, or goes where `keepsOthers` is false.
  static func rebuild(
    _ value: LuaValue, _ tensors: inout ArraySlice<Tensor>, _ context: ScriptContext,
    keepsOthers: Bool = true
  ) -> LuaValue {
    if context.tensor(value) != nil {
      return tensors.popFirst().map(context.handle) ?? .nil
    }
    guard var table = value.tableValue else { return keepsOthers ? value : .nil }
    table.items = table.items.map {
      rebuild($0, &tensors, context, keepsOthers: keepsOthers)
    }
    table.fields = table.fields.map { field in
      LuaField(
        key: field.key,
        value: rebuild(field.value, &tensors, context, keepsOthers: keepsOthers))
    }
    return .table(table)
  }
}
