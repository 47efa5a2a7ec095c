import ArgumentParser
import Foundation
import LuaBindings
import Methods
import TensorCore
import Trials

/// `perigee export METHOD --to FORMAT`: a method as a file for another system.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a method for PyTorch, JAX, LaTeX or as plain Lua.",
    usage: "perigee export METHOD --to torch|jax|latex|lua [--output FILE] [parameters]",
    discussion: """
      The PyTorch file holds the loss as a function of log-probabilities and a trainer for TRL; the
      JAX file is jitted. Parameters of the method may be given; real ones stay arguments:
        perigee export f_dpo --to torch --divergence js --output f_dpo_js.py
      """)

  @Argument(help: "A method such as dpo or losses/dpo, or a Lua file.")
  var method: String

  @Argument(parsing: .allUnrecognized, help: "Values of the method's parameters.")
  var parameters: [String] = []

  @Option(help: "The format: torch, jax, latex or lua.")
  var to: String

  @Option(name: [.short, .long], help: "A file to write; standard output where left out.")
  var output: String?

  func validate() throws {
    do {
      _ = try FormulaText.Language(word: to)
    } catch {
      throw ValidationError("--to: \(error)")
    }
  }

  func run() throws {
    let catalogue = try ScriptRunner().catalogue
    let declaration = try catalogue.declaration(method)
    let values = try MethodOptions.read(
      parameters, declaration.parameters, method: catalogue.library.entry(method).name)
    let text = try MethodExport(catalogue).text(
      method, to: FormulaText.Language(word: to), parameters: values)
    guard let output else { return print(text, terminator: "") }
    do {
      try text.write(toFile: output, atomically: true, encoding: .utf8)
    } catch {
      throw MethodError("\(output): cannot be written: \(error.localizedDescription)")
    }
  }
}
