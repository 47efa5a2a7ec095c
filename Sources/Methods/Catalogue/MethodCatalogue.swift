import LuaBindings
import LuaRuntime

/// The methods of the library, loaded into one Lua state.
///
/// Scripts reach it as `pg.method(name)`.
public final class MethodCatalogue {
  /// The files.
  public let library: StandardLibrary
  /// Where they are loaded.
  public let session: ScriptSession
  private let loader: Loader

  /// Loads methods into a state, and teaches its scripts `pg.method`.
  public init(_ library: StandardLibrary, in session: ScriptSession) throws {
    self.library = library
    self.session = session
    let loader = Loader(library)
    self.loader = loader
    try session.register([
      .general("method") { call in [try loader.load(call.string(0), call.state)] }
    ])
    try session.register([ExportFunction.function(self)])
  }

  /// The declaration of a method, by name or path of a file.
  ///
  /// - Throws: `MethodError` where there is none, `LuaError` where its file fails,
  ///   `DeclarationError` where it returns no declaration.
  public func declaration(_ name: String) throws -> MethodDeclaration {
    let value = try loader.load(name, session.lua)
    do {
      return try MethodDeclaration(value)
    } catch let error as DeclarationError {
      throw DeclarationError("\(try entry(name).path): \(error)")
    }
  }

  /// The method called `name`, in the file at that path, or taken on under that name.
  ///
  /// - Throws: `MethodError` where there is none.
  public func entry(_ name: String) throws -> MethodEntry {
    try loader.typed[name]?.entry ?? library.entry(name)
  }

  /// Takes on a declaration that a script holds, so that it can be asked for by name.
  ///
  /// - Parameter value: what `pg.loss` and its like returned.
  /// - Returns: the path of its file where one returned it; otherwise a name that holds until the
  ///   next declaration of its family is taken on.
  /// - Throws: `DeclarationError` where it declares nothing.
  public func adopt(_ value: LuaValue) throws -> String {
    let declaration = try MethodDeclaration(value)
    if let path = file(of: value, declaration.family) {
      return library.entries.first { $0.path == path }?.name ?? path
    }
    let name = declaration.family.rawValue
    loader.typed["=" + name] = (
      MethodEntry(name: name, path: "=" + name, header: MethodHeader(source: "")), value
    )
    return "=" + name
  }

  /// The file that returned a declaration: its function stands where that of the file's does.
  private func file(of value: LuaValue, _ family: MethodDeclaration.Family) -> String? {
    guard let place = place(of: value, family), let path = place.file,
      let other = loader.loaded(path), self.place(of: other, family) == place
    else { return nil }
    return path
  }

  private func place(of value: LuaValue, _ family: MethodDeclaration.Family) -> LuaFunctionInfo? {
    let bodies = family.fields.compactMap { value.tableValue?[$0].functionValue }
    return bodies.first.flatMap { try? session.lua.describe($0) }
  }

  /// Forgets what was loaded: files are read and run again when asked for.
  public func forget() { loader.forget() }

  /// A loss or preference model, ready to be computed.
  public func loss(_ name: String) throws -> MethodLoss {
    try MethodLoss(declaration(name), name: entry(name).stem, in: session)
  }

  /// A divergence.
  public func divergence(_ name: String) throws -> Divergence {
    try Divergence(declaration(name), in: session)
  }

  /// A solver of preference games.
  public func game(_ name: String) throws -> ScriptGame {
    try ScriptGame(declaration(name), name: entry(name).stem, in: session)
  }

  /// A sampler, selector, diagnostic or reward of numbers.
  public func inputMethod(_ name: String) throws -> InputMethod {
    try InputMethod(declaration(name), name: entry(name).stem, in: session)
  }

  /// A reward with given parameters.
  public func reward(
    _ name: String, _ values: [String: ParameterValue] = [:]
  ) throws -> MethodReward {
    try MethodReward(declaration(name), values, in: session)
  }

  /// An optimizer.
  public func optimizer(_ name: String) throws -> ScriptOptimizer {
    try ScriptOptimizer(declaration(name), name: entry(name).stem, in: session)
  }

  /// A learning-rate schedule.
  public func schedule(_ name: String) throws -> ScriptSchedule {
    try ScriptSchedule(declaration(name), in: session)
  }

  /// Runs each file once. It does not hold the Lua state, so functions that keep it make no
  /// cycle.
  private final class Loader {
    private let library: StandardLibrary
    private var loaded: [String: LuaValue] = [:]
    /// Declarations without a file.
    var typed: [String: (entry: MethodEntry, value: LuaValue)] = [:]

    init(_ library: StandardLibrary) { self.library = library }

    func forget() { loaded.removeAll() }

    /// What a file returned, where it was run.
    func loaded(_ path: String) -> LuaValue? {
      (try? library.entry(path)).flatMap { loaded[$0.path] }
    }

    func load(_ name: String, _ lua: LuaState) throws -> LuaValue {
      if let value = typed[name]?.value { return value }
      let entry = try library.entry(name)
      if let value = loaded[entry.path] { return value }
      let value = try lua.runFile(entry.path).first ?? .nil
      loaded[entry.path] = value
      return value
    }
  }
}
