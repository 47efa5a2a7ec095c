/// One place where the tree breaks a house rule.
struct Violation: CustomStringConvertible, Equatable {
  /// Path relative to the package root.
  var path: String
  /// Line number counted from 1; 0 when the whole file or folder is meant.
  var line: Int
  var message: String

  var description: String {
    line > 0 ? "\(path):\(line): \(message)" : "\(path): \(message)"
  }
}
