import LuaBindings
import LuaRuntime
import Notation

extension AblationDeclaration {
  static func limits(_ value: LuaValue) throws -> TrialLimits {
    var limits = TrialLimits()
    if value == .nil { return limits }
    guard let table = value.tableValue else {
      throw DeclarationError("ablation: limits must be a table, got \(value.typeName)")
    }
    let given = FieldReader(table, "ablation: limits")
    try given.require(known: ["seconds", "memory", "retries"])
    limits.seconds = try given.number("seconds", above: 0, below: .infinity)
    limits.memory = try table["memory"].byteCount("ablation: limits: memory")
    limits.retries = try given.count("retries", in: 0...10) ?? limits.retries
    return limits
  }

  /// `{ kl_to_reference = 5 }`: at most 5; `{ win_rate = { min = 0.5, max = 1 } }`.
  static func bounds(_ value: LuaValue) throws -> [MetricBound] {
    if value == .nil { return [] }
    guard let table = value.tableValue, table.items.isEmpty else {
      throw DeclarationError(
        "ablation: subject_to must be a table such as { kl_to_reference = 5 }, got "
          + value.typeName)
    }
    return try table.names.map { name in
      if let most = table[name].numberValue {
        return MetricBound(metric: name, least: nil, most: most)
      }
      guard let inner = table[name].tableValue else {
        throw FieldReader(table, "ablation: subject_to").wrong(name, "a number or { min, max }")
      }
      try FieldReader(inner, "ablation: subject_to.\(name)").require(known: ["min", "max"])
      let bound = MetricBound(
        metric: name, least: inner["min"].numberValue, most: inner["max"].numberValue)
      guard bound.least != nil || bound.most != nil else {
        throw DeclarationError("ablation: subject_to.\(name) has neither min nor max")
      }
      return bound
    }
  }

  static func pruning(_ value: LuaValue) throws -> Pruning? {
    if value == .nil { return nil }
    guard let table = value.tableValue, table.className == ScriptTables.pruner else {
      throw DeclarationError(
        "ablation: prune must be pg.racing {} or pg.halving {}, got \(value.typeName)")
    }
    return try Pruning(table)
  }

  static func design(_ value: LuaValue) throws -> Design {
    var design = Design()
    if value == .nil { return design }
    guard let table = value.tableValue else {
      throw DeclarationError(
        "ablation: design must be a table such as { kind = \"halton\", points = 16 }, got "
          + value.typeName)
    }
    let given = FieldReader(table, "ablation: design")
    try given.require(known: ["kind", "points", "seed"])
    if let kind = try given.text("kind") {
      design.kind = try Named.one(kind, "ablation: design: kind")
    }
    design.points = try given.count("points", in: 1...100_000) ?? design.points
    design.seed = UInt64(try given.count("seed", in: 0...Int.max) ?? 0)
    return design
  }
}

/// Names of cases, with the error that names the nearest.
enum Named {
  static func one<Case: RawRepresentable & CaseIterable>(
    _ text: String, _ owner: String
  ) throws -> Case where Case.RawValue == String {
    if let found = Case(rawValue: text) { return found }
    let names = Case.allCases.map(\.rawValue)
    throw DeclarationError(
      "\(owner) \"\(text)\" is unknown\(NearestName.hint(text, in: names)); there are "
        + names.joined(separator: ", "))
  }
}

extension Pruning {
  /// Reads what `pg.racing` or `pg.halving` gave.
  init(_ table: LuaTable) throws {
    let given = FieldReader(table, table["rule"].stringValue ?? "prune")
    switch table["rule"].stringValue {
    case "halving":
      try given.require(known: ["rule", "factor"])
      self = .halving(factor: try given.count("factor", in: 2...100) ?? 2)
    default:
      try given.require(known: ["rule", "level", "min_seeds"])
      self = .racing(
        level: try given.number("level", above: 0, below: 1) ?? 0.1,
        least: try given.count("min_seeds", in: 2...1000) ?? 4)
    }
  }
}

extension TuningDeclaration {
  private static let options = ["budget", "sampler", "seeds", "round", "seed"]

  /// Reads `tune = { learning_rate = pg.log_uniform(1e-4, 1e-1), "beta", budget = 16 }`; a name
  /// that stands alone is searched where the loss declares.
  init?(_ value: LuaValue) throws {
    if value == .nil { return nil }
    guard let table = value.tableValue else {
      throw DeclarationError("ablation: tune must be a table, got \(value.typeName)")
    }
    ranges = try LuaValue.table(LuaTable(items: table.items)).names("ablation: tune").map {
      ($0, nil)
    }
    for name in table.names where !Self.options.contains(name) {
      if case .boolean(true) = table[name] {
        ranges.append((name, nil))
        continue
      }
      guard let range = try SearchRange(script: table[name], "tune.\(name)") else {
        throw DeclarationError(
          "ablation: tune.\(name) must be a range such as pg.log_uniform(low, high)"
            + NearestName.hint(name, in: Self.options) + ", got \(table[name].typeName)")
      }
      ranges.append((name, range))
    }
    guard !ranges.isEmpty else { throw DeclarationError("ablation: tune names no parameter") }
    let given = FieldReader(
      LuaTable(
        fields: table.fields.filter { field in
          Self.options.contains { field.key == .string($0) }
        }), "ablation: tune")
    budget = try given.count("budget", in: 1...100_000) ?? budget
    if let name = try given.text("sampler") {
      sampler = try Named.one(name, "ablation: tune: sampler")
    }
    seeds = try given.count("seeds", in: 1...10_000) ?? seeds
    round = try given.count("round", in: 1...1000) ?? min(round, budget)
    seed = UInt64(try given.count("seed", in: 0...Int.max) ?? 0)
  }
}
