import Methods

/// A check report, one line a check.
struct CheckPage {
  private let report: CheckReport

  init(_ report: CheckReport) { self.report = report }

  func lines(_ terminal: Terminal) -> [String] {
    let verdict =
      report.isPassing ? terminal.styled("passed", .green) : terminal.styled("failed", .bold, .red)
    let passed = report.passed.map { "  \(terminal.styled("ok", .green))       \($0)" }
    let findings = report.findings.map { finding in
      "  \(word(finding.severity, terminal)) \(finding.check): \(finding.message)"
    }
    return ["\(terminal.styled(report.method, .bold)): \(verdict)"] + passed + findings
  }

  private func word(_ severity: CheckReport.Severity, _ terminal: Terminal) -> String {
    switch severity {
    case .note: "note    "
    case .warning: terminal.styled("warning ", .yellow)
    case .failure: terminal.styled("failure ", .red)
    }
  }
}
