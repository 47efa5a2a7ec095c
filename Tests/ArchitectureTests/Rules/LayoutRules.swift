/// What lies where.
enum LayoutRules {
  static let top: Set = ["Package.swift", "Sources", "Tests", "scripts", "stdlib", "README.md"]
  /// Made by tools and ignored by git.
  static let produced: Set = ["Package.resolved", "runs", "data"]
  static let fullestFolder = 20

  static func topLevel(_ tree: SourceTree) -> [Violation] {
    tree.topLevel.filter { !$0.hasPrefix(".") && !top.contains($0) && !produced.contains($0) }
      .map { Violation(path: $0, line: 0, message: "not part of the top-level layout") }
  }

  /// Every Swift module has a folder of tests, and the kernels have one too.
  static func tests(_ tree: SourceTree) -> [Violation] {
    var modules = Set(tree.files(in: "Sources", suffix: "swift").map { $0.components[1] })
    if !tree.files(in: "Sources/CKernels", suffix: "c").isEmpty { modules.insert("CKernels") }
    return modules.sorted().compactMap { module in
      let folder = "Tests/" + module.prefix(1).uppercased() + module.dropFirst() + "Tests"
      let hasTest = tree.files(in: folder, suffix: "swift").contains { file in
        file.lines.contains { $0.contains("@Test") }
      }
      return hasTest
        ? nil : Violation(path: "Sources/\(module)", line: 0, message: "no test in \(folder)")
    }
  }

  static func folders(_ tree: SourceTree) -> [Violation] {
    let inSources = tree.files.filter { $0.path.hasPrefix("Sources/") }
    let sizes = Dictionary(grouping: inSources) {
      $0.components.dropLast().joined(separator: "/")
    }
    return sizes.filter { $0.value.count > fullestFolder }.map {
      Violation(path: $0.key, line: 0, message: "\($0.value.count) files; group them in folders")
    }.sorted { $0.path < $1.path }
  }
}
