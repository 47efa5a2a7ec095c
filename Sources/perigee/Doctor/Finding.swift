/// One thing that was looked at.
struct Finding: Equatable {
  enum Severity: String {
    case ok
    case warning = "warn"
    case error
  }

  let severity: Severity
  let subject: String
  /// What was found.
  let text: String
  /// What to do about it.
  let advice: String?

  static func ok(_ subject: String, _ text: String) -> Finding {
    Finding(severity: .ok, subject: subject, text: text, advice: nil)
  }

  static func warning(_ subject: String, _ text: String, advice: String) -> Finding {
    Finding(severity: .warning, subject: subject, text: text, advice: advice)
  }

  static func error(_ subject: String, _ text: String, advice: String) -> Finding {
    Finding(severity: .error, subject: subject, text: text, advice: advice)
  }

  /// The severity in five characters.
  func word(_ terminal: Terminal) -> String {
    switch severity {
    case .ok: terminal.styled("ok   ", .green)
    case .warning: terminal.styled("warn ", .yellow)
    case .error: terminal.styled("error", .bold, .red)
    }
  }
}
