import LuaRuntime

/// A script line packed into the 32 bits that a node has for it: 12 bits of source, 20 of line.
struct ScriptOrigin: Equatable {
  private static let lineBits: UInt32 = 20

  let source: Int32
  let line: Int32

  init(_ line: LuaLine) {
    source = line.source
    self.line = line.line
  }

  /// The origin that a node carries; nil where it carries none.
  init?(packed: UInt32) {
    guard packed != 0 else { return nil }
    source = Int32(packed >> Self.lineBits) - 1
    line = Int32(packed & ((1 << Self.lineBits) - 1))
  }

  /// The bits; 0 where source or line are too large.
  var packed: UInt32 {
    guard source >= 0, source < 4095, line >= 0, line < 1 << Self.lineBits else { return 0 }
    return UInt32(source + 1) << Self.lineBits | UInt32(line)
  }
}

extension ScriptContext {
  /// Makes new nodes blame the line of Lua that called.
  func noteOrigin(_ state: LuaState) {
    graph.origin = state.currentLine.map { ScriptOrigin($0).packed } ?? 0
  }
}
