import Foundation

/// The program that draws.
public struct Gnuplot: Sendable {
  private let path: String
  /// The best of its terminals for text.
  private let textTerminal: String

  /// Finds gnuplot among the folders of `PATH`.
  ///
  /// - Throws: `ReportError` with what to install where there is none.
  public static func find(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Gnuplot {
    let folders = (environment["PATH"] ?? "/usr/bin").split(separator: ":")
    let places = folders.map { "\($0)/gnuplot" }
    guard let path = places.first(where: FileManager.default.isExecutableFile) else {
      throw ReportError(
        "plots are drawn by gnuplot, which is not on PATH; on Debian: "
          + "sudo apt-get install gnuplot-nox")
    }
    return Gnuplot(path)
  }

  private init(_ path: String) {
    self.path = path
    // Blocks came with version 6.
    let version = (try? Self.run(path, ["--version"], input: "")) ?? ""
    let major = version.split(separator: " ").dropFirst().first?.prefix { $0.isNumber } ?? ""
    textTerminal = (Int(major) ?? 5) >= 6 ? "block braille" : "dumb"
  }

  /// Draws a figure.
  ///
  /// - Returns: the text of a figure that goes to a terminal; empty for files.
  /// - Throws: `ReportError` with what gnuplot complained of, or the file that cannot be written.
  @discardableResult
  public func draw(_ figure: Figure, to output: FigureOutput) throws -> String {
    if case .file(let path, _) = output {
      let folder = (path as NSString).deletingLastPathComponent
      guard FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder) else {
        throw ReportError("\(path): the folder does not exist or cannot be written")
      }
    }
    let script = GnuplotScript(figure, output, textTerminal: textTerminal).text
    let text = try Self.run(path, ["-"], input: script)
    if case .file = output { return "" }
    return Self.trimmed(text)
  }

  /// Runs the program to its end; what it complains of is an error.
  private static func run(
    _ path: String, _ arguments: [String], input: String
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-plot-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files, not pipes: large data and many complaints cannot block each other.
    let files = try ["input", "output", "errors"].map { name in
      let file = folder.appendingPathComponent(name)
      try (name == "input" ? Data(input.utf8) : Data()).write(to: file)
      return file
    }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    do {
      try process.run()
    } catch {
      throw ReportError("\(path): cannot be started: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    let errors = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      throw ReportError("gnuplot failed: \(errors.isEmpty ? "no reason given" : errors)")
    }
    return String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
  }

  /// Without empty lines at both ends, nor spaces at the ends of lines.
  private static func trimmed(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while line.last == " " || line.last == "\u{0C}" { line.removeLast() }
      return String(line)
    }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
