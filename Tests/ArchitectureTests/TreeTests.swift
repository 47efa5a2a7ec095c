import Foundation
import Testing

/// The package itself keeps every rule.
@Suite struct TreeTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  // Read once for all rules.
  static let tree = Result { try SourceTree(root: root) }

  @Test func readsThisPackage() throws {
    let tree = try Self.tree.get()
    #expect(tree.files.contains { $0.path == "Tests/ArchitectureTests/TreeTests.swift" })
    #expect(tree.files.contains { $0.path == "scripts/check" })
    #expect(tree.topLevel.contains("Package.swift"))
  }

  @Test(arguments: HouseRule.all.map(\.name))
  func treeKeeps(ruleNamed name: String) throws {
    let tree = try Self.tree.get()
    let rule = try #require(HouseRule.all.first { $0.name == name })
    let violations = rule.check(tree)
    #expect(violations.isEmpty, "\(violations.map(\.description).joined(separator: "\n"))")
  }
}
