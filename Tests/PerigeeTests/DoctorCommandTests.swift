import Testing

/// `perigee doctor`: what is there and what is missing.
@Suite struct DoctorCommandTests {
  @Test func soundInstallation() throws {
    var program = try Program()
    defer { program.clean() }
    program.environment = ["PERIGEE_DATA": program.folder.path + "/none"]
    let outcome = try program.run(["doctor"])
    #expect(outcome.status == 0, "\(outcome.output)")
    for subject in ["perigee", "Lua", "OpenBLAS", "stdlib", "runs", "line editor", "seeds"] {
      #expect(outcome.output.contains("ok     \(subject) "), "\(subject)")
    }
    #expect(outcome.output.contains("warn   data "))
    #expect(outcome.output.contains("-> fetch them with scripts/data"))
  }

  @Test func missingLibrary() throws {
    var program = try Program()
    defer { program.clean() }
    program.environment = ["PERIGEE_STDLIB": "/nowhere"]
    let outcome = try program.run(["doctor"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("error  stdlib "))
    #expect(outcome.output.contains("/nowhere"))
  }

  @Test func runsThatCannotBeWritten() throws {
    var program = try Program()
    defer { program.clean() }
    program.environment = ["PERIGEE_RUNS": "/proc/runs"]
    let outcome = try program.run(["doctor"])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("error  runs "))
  }
}
