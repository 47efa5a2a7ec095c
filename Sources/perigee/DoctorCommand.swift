import ArgumentParser

/// `perigee doctor`: whether everything the program needs is there and works.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check what the program needs: libraries, data, folders, determinism.",
    discussion: "Exit code 1 when something is wrong; warnings do not count.")

  func run() throws {
    let terminal = Terminal.output
    let findings = Diagnosis.all()
    let width = findings.map(\.subject.count).max() ?? 0
    for finding in findings {
      let space = String(repeating: " ", count: width - finding.subject.count)
      print("\(finding.word(terminal))  \(finding.subject)\(space)  \(finding.text)")
      if let advice = finding.advice { print("       \(terminal.styled("->", .cyan)) \(advice)") }
    }
    if findings.contains(where: { $0.severity == .error }) { throw ReportedFailure() }
  }
}
