import CLuaBridge

/// Where a module found by the host comes from.
public struct LuaModuleSource: Sendable {
  /// The text.
  public var source: String
  /// `@file`, so that errors name it.
  public var chunkName: String

  /// A source and its name.
  public init(source: String, chunkName: String) {
    self.source = source
    self.chunkName = chunkName
  }
}

extension LuaState {
  /// Makes a library available to `require`, or adds to one made earlier.
  ///
  /// - Throws: ``LuaError`` of kind memory; ``LuaConversionError`` for a value of another state.
  public func register(_ library: LuaLibrary) throws {
    _ = try perform(LB_DO_LIBRARY) { encoder in
      encoder.put(library.name)
      let count = library.functions.count + library.values.count
      lb_put_table(encoder.tokens, 0, Int64(count), -1)
      for function in library.functions {
        encoder.put(function.name)
        encoder.put(function)
      }
      for (name, value) in library.values {
        encoder.put(name)
        try encoder.put(value)
      }
    }
    let names = library.functions.map(\.name) + library.values.map(\.key)
    context.addFields(names + library.children.map(\.name), to: library.name)
    for child in library.children {
      var nested = child
      nested.name = "\(library.name).\(child.name)"
      try register(nested)
    }
  }

  /// The fields of a registered library, sorted.
  public func fields(ofLibrary name: String) -> [String] { context.fields(of: name) }

  /// Teaches the state a kind of handle.
  ///
  /// - Throws: ``LuaError`` when the kind is out of range or registered twice.
  public func register(_ kind: LuaHandleKind) throws {
    _ = try perform(LB_DO_KIND) { encoder in
      lb_put_integer(encoder.tokens, Int64(kind.kind))
      encoder.put(kind.name)
      encoder.put(kind.methods.map { ($0.name, $0) })
      encoder.put(kind.metamethods.map { ($0.name, $0) })
      if let property = kind.property {
        lb_put_integer(encoder.tokens, Int64(context.add(property)))
      } else {
        lb_put_nil(encoder.tokens)
      }
      lb_put_boolean(encoder.tokens, kind.isClosable)
    }
    context.add(kind)
  }

  /// Makes a metatable that `LuaTable.className` can name.
  public func register(_ metatable: LuaMetatable) throws {
    let number = context.addMetatable(metatable.name)
    _ = try perform(LB_DO_METATABLE) { encoder in
      lb_put_integer(encoder.tokens, Int64(number))
      encoder.put(metatable.name)
      let indexed = metatable.methods.isEmpty ? 0 : 1
      lb_put_table(encoder.tokens, 0, Int64(metatable.metamethods.count + indexed), -1)
      for function in metatable.metamethods {
        encoder.put(function.name)
        encoder.put(function)
      }
      if indexed == 1 {
        encoder.put("__index")
        encoder.put(metatable.methods.map { ($0.name, $0) })
      }
      lb_put_boolean(encoder.tokens, metatable.isStrict)
    }
  }

  /// A native function as a Lua value. Its closure is dropped when Lua collects the function.
  public func function(_ native: NativeFunction) throws -> LuaFunction {
    let results = try perform(LB_DO_RETURN) { $0.put(native) }
    guard case .function(let function)? = results.first else {
      throw LuaError(message: "no function came of '\(native.name)'")
    }
    return function
  }

  /// Lets `require` find modules through the host, before the file system is asked.
  ///
  /// - Parameter finder: the source of a module, or nil when it knows none of that name.
  /// - Throws: ``LuaError`` in the candidate profile, which requires libraries only.
  public func setModuleFinder(
    _ finder: @escaping (String) throws -> LuaModuleSource?
  ) throws {
    let searcher = NativeFunction.general("require") { call in
      let name = try call.string(0)
      guard let module = try finder(name) else {
        return [.string("no module '\(name)' in the standard library")]
      }
      let loader = try call.state.load(module.source, chunkName: module.chunkName)
      return [.function(loader), .string(module.chunkName)]
    }
    _ = try perform(LB_DO_SEARCHER) { $0.put(searcher) }
  }
}
