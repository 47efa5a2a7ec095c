import Foundation

/// Package.swift against the module table: layer order, known targets, declared dependencies.
enum ManifestRules {
  static func targets(_ tree: SourceTree) -> [Violation] {
    guard let manifest = tree.files.first(where: { $0.path == "Package.swift" }) else {
      return [Violation(path: "Package.swift", line: 0, message: "missing")]
    }
    var highest = 0
    return declarations(manifest).flatMap { target -> [Violation] in
      guard let module = ModuleTable.byName[target.name] else {
        return [manifest.violation(target.line, "\(target.name) has no row in ModuleTable.swift")]
      }
      var found = target.dependencies.compactMap { dependency in
        ModuleTable.objection(target.name, dependency).map { manifest.violation(target.line, $0) }
      }
      if module.layer < highest {
        let message = "\(target.name) (layer \(module.layer)) stands after layer \(highest)"
        found.append(manifest.violation(target.line, message))
      }
      highest = max(highest, module.layer)
      return found
    }
  }

  struct Target {
    var name: String
    var line: Int
    var dependencies: [String]
  }

  /// The targets below Sources, in the order of the manifest.
  static func declarations(_ manifest: SourceFile) -> [Target] {
    let kinds = [".systemLibrary(", ".target(", ".executableTarget(", ".testTarget("]
    var targets: [Target] = []
    var shipped = false
    for (index, line) in manifest.lines.enumerated() {
      let starts = kinds.contains { line.contains($0) }
      if starts {
        let text = manifest.lines[index...].prefix(2).joined(separator: " ")
        let name = quoted(after: "name:", in: text).first ?? ""
        let block = blockText(manifest.lines, from: index)
        shipped = !line.contains(".testTarget(") && !block.contains("path: \"Tests/")
        if shipped {
          targets.append(
            Target(name: name, line: index + 1, dependencies: dependencies(in: block)))
        }
      }
    }
    return targets
  }

  private static func blockText(_ lines: [String], from start: Int) -> String {
    var depth = 0
    var block: [String] = []
    for line in lines[start...] {
      block.append(line)
      depth += line.count { $0 == "(" } - line.count { $0 == ")" }
      if depth <= 0 { break }
    }
    return block.joined(separator: " ")
  }

  private static func dependencies(in block: String) -> [String] {
    guard let start = block.range(of: "dependencies: [") else { return [] }
    var rest = block[start.upperBound...]
    rest = rest.prefix { $0 != "]" }
    let products = quoted(after: ".product(name:", in: String(rest))
    let plain = rest.components(separatedBy: ".product(").first ?? ""
    return quoted(after: "", in: plain) + products.prefix(1)
  }

  private static func quoted(after marker: String, in text: String) -> [String] {
    var rest = Substring(text)
    if !marker.isEmpty {
      guard let range = rest.range(of: marker) else { return [] }
      rest = rest[range.upperBound...]
    }
    let parts = rest.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
  }
}
