import CLuaBridge

/// A variable that a Lua function captured.
///
/// Tables are copied when small and plain; others come as `.opaque`, which tells only whether
/// it is the same table. Compare two lists to find what changed between them.
public struct LuaUpvalue: Sendable, Equatable {
  /// The name in the source.
  public var name: String
  /// What it holds now.
  public var value: LuaValue
}

/// Where a function was written.
public struct LuaFunctionInfo: Sendable, Equatable {
  /// `@file` or the chunk's other name.
  public var chunkName: String
  /// The line of `function`; 0 for the body of a file.
  public var firstLine: Int
  /// The line of its `end`.
  public var lastLine: Int
  /// Named parameters.
  public var parameterCount: Int
  /// Whether it takes `...`.
  public var isVariadic: Bool

  /// The file's path, when it came from one.
  public var file: String? {
    chunkName.hasPrefix("@") ? String(chunkName.dropFirst()) : nil
  }
}

/// A line of Lua, by a small number for its source.
public struct LuaLine: Sendable, Hashable {
  /// Number of the source; see ``LuaState/sourceName(_:)``.
  public var source: Int32
  /// The line, from 1.
  public var line: Int32

  /// A line of a source.
  public init(source: Int32, line: Int32) {
    self.source = source
    self.line = line
  }
}

extension LuaState {
  /// The variables a function captured, globals left out.
  public func upvalues(of function: LuaFunction) throws -> [LuaUpvalue] {
    let values = try perform(LB_DO_UPVALUES, [.function(function)])
    return stride(from: 0, to: values.count - 1, by: 2).map { index in
      LuaUpvalue(name: values[index].stringValue ?? "?", value: values[index + 1])
    }
  }

  /// The numbers, booleans and strings among the variables a Lua function captured, as words to
  /// compare: equal where all are. Quick; nothing is allocated where `known` is what they are.
  ///
  /// - Parameters:
  ///   - known: what `capturedScalars` returned.
  ///   - function: of this state.
  /// - Returns: Whether the words are the known ones still.
  public func hasCaptured(_ known: [UInt64], in function: LuaFunction) -> Bool {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(known.count, 1)) { words in
      let count = lb_captured_scalars(
        bridge, function.reference, words.baseAddress, Int32(known.count))
      return Int(count) == known.count && known.indices.allSatisfy { words[$0] == known[$0] }
    }
  }

  /// The words that `hasCaptured` compares.
  public func capturedScalars(of function: LuaFunction) -> [UInt64] {
    let count = Int(lb_captured_scalars(bridge, function.reference, nil, 0))
    return [UInt64](unsafeUninitializedCapacity: count) { words, used in
      used = Int(lb_captured_scalars(bridge, function.reference, words.baseAddress, Int32(count)))
    }
  }

  /// File, lines and parameters of a function.
  public func describe(_ function: LuaFunction) throws -> LuaFunctionInfo {
    let values = try perform(LB_DO_DESCRIBE, [.function(function)])
    func integer(_ index: Int) -> Int { values[index].integerValue ?? -1 }
    return LuaFunctionInfo(
      chunkName: values[0].stringValue ?? "?", firstLine: integer(1), lastLine: integer(2),
      parameterCount: integer(3), isVariadic: values[4] == .boolean(true))
  }

  /// The line of Lua that called the running native function; nil outside one. Allocates nothing.
  public var currentLine: LuaLine? {
    var source: Int32 = 0
    var line: Int32 = 0
    guard lb_current_line(bridge, &source, &line) else { return nil }
    return LuaLine(source: source, line: line)
  }

  /// The kinds of handles that were registered, sorted by name: their methods and properties.
  public var handleKinds: [(name: String, methods: [String], properties: [String])] {
    context.handleKinds.map { ($0.name, $0.methods.map(\.name), $0.propertyNames) }
      .sorted { $0.name < $1.name }
  }

  /// The name of a line's source as messages show it.
  public func sourceName(_ source: Int32) -> String {
    lb_source_name(bridge, source).map { String(cString: $0) } ?? "?"
  }
}
