import ArgumentParser
import Foundation
import Methods
import Trials

/// `perigee show METHOD`: what a method is, what it takes, and its source.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a method: what it computes, its parameters and sources.")

  @Argument(help: "A method such as dpo or losses/dpo, or a Lua file.")
  var method: String

  @Flag(help: "Print the source too.")
  var source = false

  func run() throws {
    let catalogue = try ScriptRunner().catalogue
    let entry = try catalogue.library.entry(method)
    let page = MethodPage(entry, try catalogue.declaration(method), catalogue)
    for line in page.lines(Terminal.output) { print(line) }
    guard source else { return }
    print("")
    print(try StandardLibrary.read(entry.path), terminator: "")
  }
}
