// Checks a tree against the rules of Tests/ArchitectureTests/Rules without building the package.
// usage: house-rules [package root]
import Foundation

let arguments = CommandLine.arguments.dropFirst()
let root = URL(fileURLWithPath: arguments.first ?? ".", isDirectory: true)
do {
  let tree = try SourceTree(root: root)
  let violations = HouseRule.all.flatMap { $0.check(tree) }
  for violation in violations { print(violation) }
  print(LengthRules.summary(tree))
  exit(violations.isEmpty ? 0 : 1)
} catch {
  print("house-rules: cannot read \(root.path): \(error.localizedDescription)")
  exit(2)
}
