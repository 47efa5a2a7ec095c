import LuaRuntime
import TensorCore

/// A Lua state that knows tensors: `require "perigee"` gives every public operation and what
/// modules above have registered.
///
/// Used by one thread at a time, as its graph is.
public final class ScriptSession {
  /// The name scripts require.
  public static let libraryName = "perigee"

  /// The Lua state.
  public let lua: LuaState
  /// Where the tensors of scripts are.
  public let graph: Graph
  let context: ScriptContext
  private var attachments: [ObjectIdentifier: AnyObject] = [:]

  /// Opens a state.
  ///
  /// - Parameters:
  ///   - graph: shared with the Swift code that trains.
  ///   - options: profile, seed, memory limit.
  /// - Throws: `LuaError` where memory runs out.
  public init(graph: Graph = Graph(), _ options: LuaState.Options = LuaState.Options()) throws {
    lua = try LuaState(options)
    self.graph = graph
    context = ScriptContext(graph: graph, control: lua.control)
    context.draws = DrawSites(seed: options.seed)
    let control = lua.control
    graph.watch = ExecutionWatch(isStopped: { control.shouldStop })
    try lua.register(TensorKind.declare(context))
    try register(OperationFunctions.all(context))
    try register([FrozenStops.function(context)])
    try register(TensorCreation.functions(context))
    try register(GradientFunctions.all(context))
    try register([TensorLooking.realize(context)])
    try register(ParameterFunctions.all)
    graph.lineOfOrigin = { [weak lua] origin in
      guard let lua, let line = ScriptOrigin(packed: origin) else { return nil }
      return "\(lua.sourceName(line.source)):\(line.line)"
    }
    for metatable in DeclarationFunctions.metatables(context) { try lua.register(metatable) }
    try register(DeclarationFunctions.all(context))
  }

  /// Adds functions to the library `perigee`; of one name, the later counts.
  public func register(_ functions: [NativeFunction]) throws {
    try lua.register(LuaLibrary(name: Self.libraryName, functions: functions))
  }

  /// Restarts every stream of random tensors and `math.random` from a seed.
  public func seed(_ seed: UInt64) throws {
    context.draws = DrawSites(seed: seed)
    try lua.seedRandom(seed)
  }

  /// What a layer above keeps as long as this state, such as compiled plans; one of each class.
  ///
  /// - Parameters:
  ///   - type: which class. Its object must not hold the session.
  ///   - make: called at the first use.
  /// - Returns: the same object each time.
  public func attachment<Object: AnyObject>(
    _ type: Object.Type, make: () throws -> Object
  ) rethrows -> Object {
    if let known = attachments[ObjectIdentifier(type)] as? Object { return known }
    let made = try make()
    attachments[ObjectIdentifier(type)] = made
    return made
  }

  /// A tensor as a Lua value, which holds it.
  public func value(_ tensor: Tensor) -> LuaValue { context.handle(tensor) }

  /// The tensor of a Lua value, or nil; it lives as long as Lua's value or a `Handle` of yours.
  public func tensor(_ value: LuaValue) -> Tensor? { context.tensor(value) }

  /// Runs `body` while tensors that Swift holds without handles are safe, whatever Lua does.
  public func holding<Result>(_ body: () throws -> Result) rethrows -> Result {
    try context.holding(body)
  }

  /// Runs `body`, in which a script that looks at values gets an error saying that `name`
  /// records.
  ///
  /// - Parameters:
  ///   - name: what records, as the script knows it.
  ///   - step: a 0-d number, changed at each run of the plan, that random draws depend on.
  ///   - body: may call Lua.
  /// - Returns: What `body` returns.
  public func capturing<Result>(
    _ name: String, step: Tensor? = nil, _ body: () throws -> Result
  ) rethrows -> Result {
    let outer = context.capture
    context.capture = ScriptContext.Capture(name: name, step: step)
    defer { context.capture = outer }
    return try context.holding(body)
  }
}
