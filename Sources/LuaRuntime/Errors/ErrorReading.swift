import CLuaBridge

extension LuaError {
  /// Reads what the bridge recorded; valid until the next call into Lua.
  init(_ recorded: lb_error, value: LuaValue?) {
    let bytes = UnsafeRawBufferPointer(
      start: recorded.message, count: recorded.message == nil ? 0 : Int(recorded.length))
    let frames = UnsafeBufferPointer(
      start: recorded.frames, count: recorded.frames == nil ? 0 : Int(recorded.frame_count)
    ).map(LuaFrame.init)
    self.init(
      kind: Kind(recorded.kind), message: String(decoding: bytes, as: UTF8.self),
      frames: frames, framesLeftOut: Int(recorded.frames_left_out), value: value,
      reason: LuaControl.Reason(recorded.reason))
    splitPosition()
  }

  /// Moves a leading `file:line: ` out of the message; without one the innermost frame counts.
  private mutating func splitPosition() {
    if let found = LuaPosition(leading: message), isPlausible(found.file) {
      (file, line) = (found.file, found.line)
      message = String(message[found.end...])
    } else if let frame = frames.first {
      (file, line) = (frame.source, frame.line)
    }
  }

  /// A message may begin like a position by chance; only names of sources count.
  private func isPlausible(_ name: String) -> Bool {
    kind == .syntax || kind == .interrupted || name.hasSuffix(".lua") || name.hasPrefix("[string ")
      || frames.contains { $0.source == name }
  }
}

/// A `file:line: ` at the start of a message.
private struct LuaPosition {
  let file: String
  let line: Int
  let end: String.Index

  init?(leading message: String) {
    var search = message.startIndex
    while let colon = message[search...].firstIndex(of: ":") {
      let digits = message[message.index(after: colon)...].prefix { $0.isASCII && $0.isNumber }
      if let line = Int(digits), message[digits.endIndex...].hasPrefix(": "),
        colon > message.startIndex
      {
        file = String(message[..<colon])
        self.line = line
        end = message.index(digits.endIndex, offsetBy: 2)
        return
      }
      search = message.index(after: colon)
    }
    return nil
  }
}

extension LuaError.Kind {
  fileprivate init(_ kind: lb_error_kind) {
    switch kind {
    case LB_ERROR_SYNTAX: self = .syntax
    case LB_ERROR_MEMORY: self = .memory
    case LB_ERROR_INTERRUPTED: self = .interrupted
    default: self = .script
    }
  }
}

extension LuaFrame {
  fileprivate init(_ frame: lb_frame) {
    var frame = frame
    let name = withUnsafeBytes(of: &frame.name, Self.text)
    self.init(
      source: withUnsafeBytes(of: &frame.source, Self.text), line: Int(frame.line),
      name: name.isEmpty ? nil : name, isMain: frame.is_main != 0)
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
