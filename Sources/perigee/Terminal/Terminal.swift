import Foundation

/// What a stream can show, and writing to it.
struct Terminal: Sendable {
  /// Whether escape sequences for colour are understood and wanted.
  let hasColour: Bool
  /// Characters in a line.
  let columns: Int
  /// Lines of the window.
  let lines: Int
  private let descriptor: Int32

  static let output = Terminal(STDOUT_FILENO)
  static let errors = Terminal(STDERR_FILENO)

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  init(
    _ descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.descriptor = descriptor
    let isTerminal = isatty(descriptor) != 0
    let isRefused =
      environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
    hasColour = isTerminal && !isRefused
    (columns, lines) = Self.size(descriptor, environment)
  }

  /// The text in a style, or as it is where there are none.
  func styled(_ text: String, _ styles: Style...) -> String {
    guard hasColour, !text.isEmpty else { return text }
    let codes = styles.map(\.rawValue).joined(separator: ";")
    return "\u{1B}[\(codes)m\(text)\u{1B}[0m"
  }

  /// Writes a line, after all that was printed before on either stream.
  func writeLine(_ text: String) {
    fflush(nil)
    let bytes = Array((text + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      done += count
    }
  }

  private static func size(
    _ descriptor: Int32, _ environment: [String: String]
  ) -> (columns: Int, lines: Int) {
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
    let lines = isKnown && size.ws_row >= 10 ? Int(size.ws_row) : 40
    if let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns >= 20 {
      return (columns, lines)
    }
    return (isKnown && size.ws_col >= 20 ? Int(size.ws_col) : 100, lines)
  }
}
