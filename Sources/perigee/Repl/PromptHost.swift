import LuaBindings
import LuaRuntime
import Methods
import TensorCore

/// What the prompt's Lua half asks of Swift: the width of the window, how a tensor looks, and the
/// head of a declaration's documentation.
struct PromptHost {
  private unowned let session: ScriptSession
  private unowned let catalogue: MethodCatalogue
  /// Asked before each value is printed, so that a resized window counts.
  private let columns: () -> Int

  init(_ catalogue: MethodCatalogue, columns: @escaping () -> Int) {
    session = catalogue.session
    self.catalogue = catalogue
    self.columns = columns
  }

  /// The table of functions that the script is given.
  func table() throws -> LuaValue {
    let functions: [NativeFunction] = [
      .general("columns") { _ in [.integer(columns())] },
      .general("tensor") { call in
        guard let tensor = session.tensor(call[0]) else { return [] }
        return [.string(try text(tensor, isNested: call[1].integerValue != 0))]
      },
      .general("head") { call in
        let (text, source) = try (call.string(0), call.string(1))
        let head = head(text, source: source) ?? formula(text, call[2])
        return [head.map(LuaValue.string) ?? .nil]
      },
    ]
    return .table(
      LuaTable(
        fields: try functions.map {
          LuaField(key: .string($0.name), value: .function(try session.lua.function($0)))
        }))
  }

  /// A matrix by itself, a line inside a table.
  private func text(_ tensor: Tensor, isNested: Bool) throws -> String {
    let held = Handle(tensor)
    defer { withExtendedLifetime(held) {} }
    try session.compute([session.value(tensor)])
    return try tensor.withBytes { bytes in
      let value = { (place: Int) in tensor.dtype.number(bytes, at: place) }
      return isNested
        ? TensorText.line(tensor.shape, tensor.dtype, value)
        : TensorText.page(tensor.shape, tensor.dtype, columns: columns(), value)
    }
  }

  /// Name, summary and formula of the file that a declaration's function is in.
  private func head(_ text: String, source: String) -> String? {
    guard source.hasPrefix("@") else { return nil }
    let path = String(source.dropFirst())
    guard let file = try? StandardLibrary.read(path) else { return nil }
    let header = MethodHeader(source: file)
    guard !header.summary.isEmpty else { return nil }
    let name = catalogue.library.entries.first { $0.path == path }?.name ?? path
    let formulas = header.formulas.map { "    " + $0 }
    return (["\(name): \(text)", "  \(header.summary)"] + formulas).joined(separator: "\n")
  }

  /// A declaration without documentation, with what its function computes.
  private func formula(_ text: String, _ value: LuaValue) -> String? {
    guard let declaration = try? MethodDeclaration(value),
      let file = try? MethodExport(catalogue).text(of: declaration, to: .lua)
    else { return nil }
    let lines = file.split(separator: "\n").map(String.init)
    guard let first = lines.firstIndex(where: { $0.contains("= function(") }),
      let last = lines[first...].firstIndex(where: { $0.hasPrefix("  end") }), first + 1 < last
    else { return nil }
    return ([text] + lines[(first + 1)..<last]).joined(separator: "\n")
  }
}
