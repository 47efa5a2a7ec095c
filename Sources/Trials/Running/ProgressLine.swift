import Foundation

/// Tells people how far a long piece of work is: a line that rewrites itself on a terminal, a few
/// plain lines elsewhere.
public final class ProgressLine {
  /// What may be shown.
  public enum Style: Sendable {
    case terminal
    case plain
    case silent
  }

  private let style: Style
  private let title: String
  private let total: Int
  private let start = Date()
  private let first: Int
  private var shown = Date.distantPast
  private var tenths = 0

  /// Seconds between two rewritings of the line.
  private static let interval = 0.1

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - title: what is being done.
  ///   - total: units of work.
  ///   - first: units done before, which say nothing about the speed.
  ///   - style: how to show it.
  public init(_ title: String, total: Int, from first: Int = 0, style: Style) {
    self.title = title
    self.total = total
    self.first = first
    self.style = style
    tenths = total > 0 ? first * 10 / total : 0
  }

  /// A terminal gets a line that rewrites itself unless `NO_COLOR` or a dumb one forbids it.
  public static func style(isQuiet: Bool) -> Style {
    if isQuiet { return .silent }
    let environment = ProcessInfo.processInfo.environment
    let isPlain = environment["TERM"] == "dumb" || environment["CI"] != nil
    return isatty(STDERR_FILENO) != 0 && !isPlain ? .terminal : .plain
  }

  /// Whether a call of `update` would show something now.
  public func wants(_ done: Int) -> Bool {
    switch style {
    case .silent: false
    case .terminal: done == total || -shown.timeIntervalSinceNow > ProgressLine.interval
    case .plain: total > 0 && done * 10 / total > tenths
    }
  }

  /// Shows how far it is.
  ///
  /// - Parameters:
  ///   - done: units done.
  ///   - details: a few words, such as the loss.
  public func update(_ done: Int, _ details: String) {
    let elapsed = -start.timeIntervalSinceNow
    let speed = Double(done - first) / max(elapsed, 1e-9)
    let left = speed > 0 ? Double(total - done) / speed : 0
    let text = "\(title) \(done)/\(total)  \(details)  \(ProgressLine.clock(left)) left"
    switch style {
    case .silent: return
    case .terminal:
      shown = Date()
      write("\r\u{1B}[K" + text.prefix(ProgressLine.columns - 1))
    case .plain:
      tenths = total > 0 ? done * 10 / total : 0
      write(text + "\n")
    }
  }

  /// Ends the line with a last word.
  public func finish(_ details: String) {
    let text = "\(title): \(details), \(ProgressLine.clock(-start.timeIntervalSinceNow))"
    switch style {
    case .silent: return
    case .terminal: write("\r\u{1B}[K\(text)\n")
    case .plain: write(text + "\n")
    }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  private static var columns: Int {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
    return isKnown ? Int(size.ws_col) : 100
  }

  /// Seconds as `1:05` or `1:02:03`.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let (minutes, rest) = (whole / 60, whole % 60)
    let tail = (rest < 10 ? "0" : "") + String(rest)
    if minutes < 60 { return "\(minutes):\(tail)" }
    return "\(minutes / 60):" + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60):\(tail)"
  }
}
