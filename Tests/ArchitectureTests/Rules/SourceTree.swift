import Foundation

/// One text file of the package.
struct SourceFile {
  /// Path relative to the package root, with `/` between its parts.
  var path: String
  var lines: [String]

  init(path: String, text: String) {
    self.path = path
    // By bytes: as characters, a carriage return and its line feed are one.
    lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if lines.last == "" { lines.removeLast() }
  }

  var name: String { components.last ?? "" }
  var components: [String] { path.split(separator: "/").map(String.init) }

  /// What follows the last dot of the name; empty when there is none.
  var suffix: String {
    guard let dot = name.lastIndex(of: ".") else { return "" }
    return String(name[name.index(after: dot)...])
  }

  var isCode: Bool { ["swift", "c", "h", "lua"].contains(suffix) }
  var isScript: Bool { lines.first?.hasPrefix("#!") ?? false }

  func violation(_ line: Int, _ message: String) -> Violation {
    Violation(path: path, line: line, message: message)
  }
}

/// The package as the rules see it: its text files and what lies at its top.
struct SourceTree {
  var files: [SourceFile]
  var topLevel: [String]

  init(files: [SourceFile], topLevel: [String] = []) {
    self.files = files
    self.topLevel = topLevel
  }

  /// Reads every code, script and manifest file below `root`.
  init(root: URL) throws {
    let manager = FileManager.default
    topLevel = try manager.contentsOfDirectory(atPath: root.path).sorted()
    files = []
    for entry in ["Package.swift", "README.md", "Sources", "Tests", "scripts", "stdlib", ".ci"]
    where topLevel.contains(entry) {
      try read(entry, root: root)
    }
  }

  private mutating func read(_ path: String, root: URL) throws {
    let url = root.appendingPathComponent(path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return }
    if isFolder.boolValue {
      for name in try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() {
        try read("\(path)/\(name)", root: root)
      }
      return
    }
    let data = try Data(contentsOf: url)
    // Data files may be binary or huge; the rules look at what people write.
    guard data.count < 1 << 20, let text = String(data: data, encoding: .utf8) else { return }
    let file = SourceFile(path: path, text: text)
    if file.isCode || file.isScript || file.suffix == "md" { files.append(file) }
  }

  /// The files below a folder, given without a trailing slash.
  func files(in folder: String, suffix: String) -> [SourceFile] {
    files.filter { $0.path.hasPrefix(folder + "/") && $0.suffix == suffix }
  }
}
