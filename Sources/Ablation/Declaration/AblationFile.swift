import Foundation
import LuaBindings
import LuaRuntime
import Methods
import Notation
import Trials

/// What a command line says beside the file of an ablation.
public struct AblationChanges {
  /// `beta=0.02,0.1`, `beta=log(0.02,0.5,5)`.
  public var vary: [String] = []
  /// `steps=300`: the same for all arms.
  public var fix: [String] = []
  /// `20`, `1..5`, `1,2,7`.
  public var seeds: String?
  /// `loss=dpo`.
  public var baseline: [String] = []
  /// What is compared.
  public var metric: String?
  /// Settings tried for each arm.
  public var budget: Int?
  /// Seconds that a trial may take.
  public var seconds: Double?
  /// Bytes that a trial may need.
  public var memory: Int?
  /// Name of the folder of records.
  public var name: String?

  public init() {}
}

/// The file that an ablation is of: its declaration, a task, a function, or a recipe.
public enum AblationFile {
  /// Runs the file, applies what the command line says, and looks at the whole.
  ///
  /// - Parameters:
  ///   - file: its path.
  ///   - changes: what the command line says.
  ///   - runner: a state with the functions of this module.
  /// - Returns: what will be run.
  /// - Throws: `LuaError` from the file, `DeclarationError` and `MethodError` with what is wrong.
  public static func plan(
    _ file: String, _ changes: AblationChanges, _ runner: ScriptRunner
  ) throws -> AblationPlan {
    var declaration = try declaration(file, runner)
    try changes.apply(to: &declaration)
    if declaration.name.isEmpty {
      declaration.name = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
    }
    let plain = declaration.name.allSatisfy { character in
      character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }
    guard plain, !declaration.name.hasPrefix(".") else {
      throw DeclarationError(
        "ablation: name is a folder's and may have letters, digits, dots, hyphens and "
          + "underscores, got \"\(declaration.name)\"")
    }
    return try PlanBuilder(declaration, file: file, runner).build()
  }

  private static func declaration(
    _ file: String, _ runner: ScriptRunner
  ) throws -> AblationDeclaration {
    let text = try StandardLibrary.read(file)
    if text.contains("pg.options"), !text.contains("pg.ablation") {
      return try AblationDeclaration(LuaTable(["task": .string(file)])) { _ in nil }
    }
    let value = try runner.session.lua.runFile(file).first ?? .nil
    let specification = { (value: LuaValue) in runner.task(value)?.specification }
    if let table = value.tableValue, table.className == ScriptTables.ablation {
      return try AblationDeclaration(table, specification: specification)
    }
    if value.functionValue != nil || specification(value) != nil {
      return try AblationDeclaration(LuaTable(["task": value]), specification: specification)
    }
    throw DeclarationError(
      "\(file): expected the file to return pg.ablation { ... }, a task or a function of "
        + "configuration and seed, got \(value.tableValue?.className ?? value.typeName)")
  }
}

extension AblationChanges {
  /// Changes a declaration.
  ///
  /// - Throws: `DeclarationError` for words that make no sense.
  func apply(to declaration: inout AblationDeclaration) throws {
    for word in vary {
      let (name, text) = try Self.split(word, "--vary")
      let factor = try Factor(name, Self.list(text, name))
      if let place = declaration.factors.firstIndex(where: { $0.name == name }) {
        declaration.factors[place] = factor
      } else {
        let isLoss = name == "loss"
        declaration.factors.insert(factor, at: isLoss ? 0 : declaration.factors.count)
      }
    }
    for word in fix {
      let (name, text) = try Self.split(word, "--set")
      declaration.fixed[name] = try Self.value(text).configured(name)
    }
    if let seeds {
      guard let read = SeedText.read(seeds) else {
        throw DeclarationError(
          "--seeds takes a number of seeds, \"first..last\" or a list, got \"\(seeds)\"")
      }
      declaration.seeds = read
    }
    if !baseline.isEmpty { declaration.baseline = JSONObject() }
    for word in baseline {
      let (name, text) = try Self.split(word, "--baseline")
      declaration.baseline?[name] = try Self.value(text).configured(name)
    }
    declaration.metric = metric ?? declaration.metric
    declaration.limits.seconds = seconds ?? declaration.limits.seconds
    declaration.limits.memory = memory ?? declaration.limits.memory
    declaration.name = name ?? declaration.name
    if let budget {
      guard declaration.tuning != nil else {
        throw DeclarationError("--budget is of tuning, and the ablation tunes nothing")
      }
      declaration.tuning?.budget = budget
    }
  }

  private static func split(_ word: String, _ option: String) throws -> (String, String) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw DeclarationError("\(option) takes name=value, got \"\(word)\"")
    }
    return (parts[0], parts[1])
  }

  /// A word as a script would write it.
  private static func value(_ word: String) -> LuaValue {
    if let integer = Int(word) { return .integer(integer) }
    if let number = Double(word) { return .number(number) }
    if let flag = Bool(word) { return .boolean(flag) }
    return .string(word)
  }

  private static func list(_ text: String, _ name: String) throws -> LuaValue {
    if let grid = text.wholeMatch(of: #/(log|linear)\(([^,]+),([^,]+),(\d+)\)/#) {
      guard let low = Double(grid.2), let high = Double(grid.3), let count = Int(grid.4),
        low < high, count >= 2, grid.1 == "linear" || low > 0
      else {
        throw DeclarationError(
          "--vary \(name): expected \(grid.1)(low,high,count) with low below high, got \(text)")
      }
      let numbers =
        grid.1 == "log"
        ? LogarithmicGrid.values(low, high, count)
        : (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
      return .table(LuaTable(items: numbers.map(LuaValue.number)))
    }
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !words.contains("") else {
      throw DeclarationError("--vary \(name): there is an empty value in \"\(text)\"")
    }
    return .table(LuaTable(items: words.map(value)))
  }
}
