import LuaBindings
import LuaRuntime

/// Runs the example of a header, `code --> expected`, and compares.
struct ExampleRun {
  let catalogue: MethodCatalogue
  let entry: MethodEntry

  /// What is wrong with an example, or nil.
  func violation(_ example: String) throws -> String? {
    let parts = example.split(separator: "-->", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return "has no --> with what is expected: \(example)" }
    let name = identifier(entry.stem)
    let source = """
      local pg = require "perigee"
      local \(name) = pg.method([[\(entry.path)]])
      return (\(parts[0]))
      """
    let lua = catalogue.session.lua
    let value = try lua.run(source, chunkName: "=example of \(entry.name)").first ?? .nil
    let expected = try lua.run("return \(parts[1])", chunkName: "=example").first ?? .nil
    let (actual, wanted) = (try numbers(value), try numbers(expected))
    guard actual.count == wanted.count else {
      return "gives \(actual.count) numbers, not \(wanted.count)"
    }
    for (one, other) in zip(actual, wanted) where !(abs(one - other) <= tolerance(other)) {
      return "gives \(actual), not \(wanted)"
    }
    return nil
  }

  /// The name of the method as a variable; a file may be called `my-loss.lua`.
  private func identifier(_ stem: String) -> String {
    let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return name.first?.isNumber == true ? "_" + name : name
  }

  /// Examples are written to seven digits and computed in float32.
  private func tolerance(_ expected: Double) -> Double { 2e-6 * max(1, abs(expected)) }

  private func numbers(_ value: LuaValue) throws -> [Double] {
    if let tensor = catalogue.session.tensor(value) { return try tensor.doubles() }
    if let number = value.numberValue { return [number] }
    return try value.tableValue?.items.flatMap(numbers) ?? []
  }
}
