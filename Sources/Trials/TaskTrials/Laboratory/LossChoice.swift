import LuaBindings
import LuaRuntime
import Notation

/// The loss of a trial, as its configuration names it, in one Lua state.
struct LossChoice {
  /// The loss, ready to be recorded.
  let loss: MethodLoss
  /// Parameters that stood beside the name.
  var parameters: [String: ParameterValue] = [:]
  /// What the loss computes by: equal for the same function of the same state.
  let identity: LuaValue

  /// Finds the loss of a configuration.
  ///
  /// - Parameters:
  ///   - value: a name, a path, or an object of `name` or `source`, and `params`.
  ///   - session: where it is loaded.
  ///   - sources: declarations of sources seen before in this state.
  /// - Throws: `DeclarationError` for a configuration without a loss; `LuaError` where it fails.
  init(
    _ value: JSONValue?, in session: ScriptSession, sources: inout [String: LuaValue]
  ) throws {
    switch value {
    case .string(let name)?:
      try self.init(Self.named(name, "losses", session), name: name, in: session)
    case .object(let object)?:
      let known = ["name", "source", "params"]
      for name in object.names where !known.contains(name) {
        throw DeclarationError(
          "loss: unknown field \"\(name)\"\(NearestName.hint(name, in: known)); fields are "
            + known.joined(separator: ", "))
      }
      if let source = object["source"]?.string {
        let value = try sources[source] ?? Self.run(source, session)
        sources[source] = value
        try self.init(value, name: object["name"]?.string ?? "candidate", in: session)
      } else if let name = object["name"]?.string {
        try self.init(Self.named(name, "losses", session), name: name, in: session)
      } else {
        throw DeclarationError("loss: an object must have a name or a source")
      }
      for field in object["params"]?.object?.fields ?? [] {
        parameters[field.name] = try LaboratorySettings.value(field.value, field.name)
      }
    default:
      throw DeclarationError(
        "a trial needs loss = NAME, the path of a file, or { source = ... }")
    }
  }

  /// A loss that a script declared.
  ///
  /// - Throws: `DeclarationError` where the value is none.
  init(_ value: LuaValue, name: String, in session: ScriptSession) throws {
    let stem = name.split(separator: "/").last.map(String.init) ?? name
    loss = try MethodLoss(MethodDeclaration(value), name: stem, in: session)
    identity = value.tableValue?["compute"] ?? .nil
  }

  private static func run(_ source: String, _ session: ScriptSession) throws -> LuaValue {
    let chunk = try session.lua.load(source, chunkName: "=loss")
    return try session.lua.call(chunk, []).first ?? .nil
  }

  /// The declaration that `pg.method` finds; a bare name is looked for in its family first.
  static func named(
    _ name: String, _ family: String, _ session: ScriptSession
  ) throws -> LuaValue {
    let library = session.lua.fields(ofLibrary: ScriptSession.libraryName)
    guard library.contains("method") else {
      throw DeclarationError(
        "loss: \"\(name)\" is a name, but this state has no catalogue of methods; give the "
          + "loss as { source = ... }")
    }
    let finder = try session.lua.load(
      """
      local name, family = ...
      local method = require("perigee").method
      if not name:find("/", 1, true) and not name:find("%.lua$") then
        local found, value = pcall(method, family .. "/" .. name)
        if found then return value end
      end
      return method(name)
      """, chunkName: "=loss")
    return try session.lua.call(finder, [.string(name), .string(family)]).first ?? .nil
  }
}
