import ExperimentStore
import Foundation
import LuaBindings
import LuaRuntime
import Methods
import TensorCore

/// One thing to draw.
enum PlotSubject {
  /// A loss or preference model, over the margin.
  case loss(MethodLoss, name: String)
  /// A divergence, over the ratio of densities.
  case divergence(Divergence, name: String)
  /// A function of a tensor, element by element.
  case function(LuaFunction, name: String)
  /// Numbers, in order or counted.
  case numbers([Double], name: String)
  /// Points joined in their order.
  case points(x: [Double], y: [Double], name: String)
  case run(RunDirectory)
}

/// Finds out what the arguments of `pg.plot` are.
struct PlotReader {
  let session: ScriptSession
  let catalogue: MethodCatalogue

  /// The things to draw: losses, functions, tensors, names, and lists of them.
  ///
  /// - Throws: `ReportError` for what cannot be drawn; `MethodError` for an unknown name.
  func subjects(_ values: [LuaValue]) throws -> [PlotSubject] {
    try values.enumerated().flatMap { index, value in
      try subjects(value, name: nil, place: index + 1)
    }
  }

  private func subjects(_ value: LuaValue, name: String?, place: Int) throws -> [PlotSubject] {
    if let tensor = session.tensor(value) { return try numbers(tensor, name ?? "\(place)") }
    switch value {
    case .string(let text): return [try named(text, name)]
    case .function(let function):
      return [.function(function, name: name ?? describe(function) ?? "f\(place)")]
    case .table(let table) where table.className != nil:
      return [try declared(value, table, name, place)]
    case .table(let table): return try list(table, name, place)
    default: throw ReportError("plot: cannot draw a \(value.typeName)")
    }
  }

  /// A list of numbers, of things, or things with names.
  private func list(_ table: LuaTable, _ name: String?, _ place: Int) throws -> [PlotSubject] {
    let numbers = table.items.compactMap(\.numberValue)
    if !numbers.isEmpty, numbers.count == table.items.count {
      return [.numbers(numbers, name: name ?? "\(place)")]
    }
    if table.items.isEmpty, table.names.sorted() == ["x", "y"] {
      return [try points(table, name ?? "\(place)")]
    }
    let items = try table.items.enumerated().flatMap { index, item in
      try subjects(item, name: nil, place: index + 1)
    }
    let fields = try table.names.flatMap { key in
      try subjects(table[key], name: key, place: place)
    }
    return items + fields
  }

  /// `{ x = {...}, y = {...} }`.
  private func points(_ table: LuaTable, _ name: String) throws -> PlotSubject {
    func numbers(_ axis: String) throws -> [Double] {
      if let tensor = session.tensor(table[axis]) {
        return try session.holding { try tensor.doubles() }
      }
      return (table[axis].tableValue?.items ?? []).compactMap(\.numberValue)
    }
    let (x, y) = (try numbers("x"), try numbers("y"))
    guard x.count == y.count, !x.isEmpty else {
      throw ReportError(
        "plot: x and y of \(name) must be lists of one length, got \(x.count) and \(y.count) "
          + "numbers")
    }
    return .points(x: x, y: y, name: name)
  }

  /// A vector is a curve, a matrix one for each row.
  private func numbers(_ tensor: Tensor, _ name: String) throws -> [PlotSubject] {
    let held = Handle(tensor)
    defer { withExtendedLifetime(held) {} }
    let values = try session.holding { try tensor.doubles() }
    guard tensor.rank == 2, tensor.shape[0] <= 12 else { return [.numbers(values, name: name)] }
    let width = tensor.shape[1]
    return (0..<tensor.shape[0]).map { row in
      let part = Array(values[(row * width)..<((row + 1) * width)])
      return .numbers(part, name: tensor.shape[0] == 1 ? name : "row \(row + 1)")
    }
  }

  /// A method where there is one of that name, else a run.
  private func named(_ text: String, _ name: String?) throws -> PlotSubject {
    do {
      let entry = try catalogue.library.entry(text)
      return try declared(catalogue.declaration(text), name ?? entry.stem)
    } catch let error as MethodError {
      if let run = try? RunList().find(text) { return .run(run) }
      if FileManager.default.fileExists(atPath: text + "/config.json") {
        return .run(try RunDirectory(existing: URL(fileURLWithPath: text, isDirectory: true)))
      }
      throw error
    }
  }

  private func declared(
    _ value: LuaValue, _ table: LuaTable, _ name: String?, _ place: Int
  ) throws -> PlotSubject {
    let body = ["compute", "f"].lazy.compactMap { table[$0].functionValue }.first
    let file = body.flatMap(describe)
    return try declared(MethodDeclaration(value), name ?? file ?? "\(place)")
  }

  private func declared(_ declaration: MethodDeclaration, _ name: String) throws -> PlotSubject {
    switch declaration.family {
    case .loss, .preferenceModel:
      return .loss(try MethodLoss(declaration, name: name, in: session), name: name)
    case .divergence:
      return .divergence(try Divergence(declaration, in: session), name: name)
    default:
      let family = declaration.family.rawValue.replacing("_", with: " ")
      throw ReportError(
        "plot: cannot draw the \(family) \"\(name)\"; losses, preference models "
          + "and divergences have curves")
    }
  }

  /// The name of the file that a function is in.
  private func describe(_ function: LuaFunction) -> String? {
    guard let file = (try? session.lua.describe(function))?.file else { return nil }
    return URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
  }
}
