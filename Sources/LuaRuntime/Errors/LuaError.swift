/// What went wrong in Lua, and where.
public struct LuaError: Error, Sendable, Equatable {
  /// What raised the error.
  public enum Kind: Sendable {
    case script, syntax, memory, interrupted
  }

  /// What raised the error.
  public var kind: Kind
  /// The message without its position.
  public var message: String
  /// The source as messages show it; nil when no Lua was running.
  public var file: String?
  /// Line in `file`, from 1.
  public var line: Int?
  /// The Lua frames, innermost first.
  public var frames: [LuaFrame]
  /// How many frames were too many to record.
  public var framesLeftOut: Int
  /// The error object, when a script raised something other than a string.
  public var value: LuaValue?

  /// Why the script was stopped, for the kind `interrupted`.
  public var reason: LuaControl.Reason?

  /// An error with every part given.
  public init(
    kind: Kind = .script, message: String, file: String? = nil, line: Int? = nil,
    frames: [LuaFrame] = [], framesLeftOut: Int = 0, value: LuaValue? = nil,
    reason: LuaControl.Reason? = nil
  ) {
    self.kind = kind
    self.message = message
    self.file = file
    self.line = line
    self.frames = frames
    self.framesLeftOut = framesLeftOut
    self.value = value
    self.reason = reason
  }

  /// True when more source text could make the chunk complete; a prompt asks for another line.
  public var isIncompleteInput: Bool { kind == .syntax && message.hasSuffix("near <eof>") }

  /// One line per Lua frame, or "" when there are none.
  public var traceback: String {
    guard !frames.isEmpty else { return "" }
    var lines = ["traceback:"] + frames.map { "  \($0)" }
    if framesLeftOut > 0 { lines.append("  ... \(framesLeftOut) more") }
    return lines.joined(separator: "\n")
  }
}

extension LuaError: CustomStringConvertible {
  /// `file:line: message`.
  public var description: String {
    guard let file, let line else { return message }
    return "\(file):\(line): \(message)"
  }
}

/// One Lua function on the stack when an error was raised.
public struct LuaFrame: Sendable, Equatable, CustomStringConvertible {
  /// The source as messages show it.
  public var source: String
  /// The line that was running, from 1.
  public var line: Int
  /// The name it was called by; nil for a file's body and where Lua knows none.
  public var name: String?
  /// Whether it is the body of a file.
  public var isMain: Bool

  public var description: String {
    let place = "\(source):\(line):"
    if isMain { return "\(place) in the main chunk" }
    return name.map { "\(place) in '\($0)'" } ?? "\(place) in a function"
  }
}
