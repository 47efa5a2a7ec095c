import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime

/// Limits of a script that is trusted: it pays nothing for them until they are reached, and cannot
/// catch what stops it.
struct LimitOptions: ParsableArguments {
  @Option(help: "Stop the script after so many seconds.")
  var limitSeconds: Double?

  @Option(
    help: "Stop it when Lua and tensors need more memory: bytes, or 512K, 64M, 2G.",
    transform: Self.bytes)
  var limitMemory: Int?

  func validate() throws {
    if let limitSeconds, !(limitSeconds > 0) {
      throw ValidationError("--limit-seconds must be above 0; got \(limitSeconds)")
    }
  }

  /// Starts to count, where there is a limit.
  func apply(to session: ScriptSession) {
    guard limitSeconds != nil || limitMemory != nil else { return }
    session.limit(to: Budget(seconds: limitSeconds, memory: limitMemory)) {
      Terminal.errors.writeLine(
        "out of time, and inside a library function that cannot be stopped; ending the program")
      _exit(ExitStatus.failure.rawValue)
    }
  }

  static func bytes(_ text: String) throws -> Int {
    let units = ["K": 10, "M": 20, "G": 30]
    let shift = text.last.flatMap { units[$0.uppercased()] }
    let digits = shift == nil ? text : String(text.dropLast())
    guard let number = Double(digits), number > 0,
      let bytes = Int(exactly: (number * Double(1 << (shift ?? 0))).rounded())
    else {
      throw ValidationError("\"\(text)\" is no amount of memory; give bytes, or 512K, 64M, 2G")
    }
    return bytes
  }
}
