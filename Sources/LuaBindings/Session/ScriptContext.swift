import LuaRuntime
import TensorCore

/// What the native functions of one Lua state share: the graph and the mode they run in.
///
/// It does not hold the Lua state, so functions that keep it make no cycle.
final class ScriptContext {
  /// The number of the tensor handles.
  static let tensorKind: Int32 = 1
  /// Operations between two sweeps of the graph.
  private static let sweepInterval = 1024
  /// Growth of realized values between two sweeps.
  private static let sweepBytes = 8 << 20

  let graph: Graph
  let control: LuaControl
  /// Draws of this state, and where they come from.
  var draws = DrawSites(seed: 0)
  /// Above 0 while Swift holds tensors without handles, so that nothing may be swept.
  var holds = 0
  /// The capture under way, if any.
  var capture: Capture?
  /// Whether every new value is computed and looked at.
  var isTracing = false
  /// Whether there is a budget, of which nodes and all memory are part.
  var isLimited = false
  /// Recorded values of `stop_gradient`, while a difference quotient is taken.
  var frozenStops: FrozenStops?
  /// Whether so many bytes more may be used; nil where nothing is counted.
  var admitBytes: ((Int) -> Bool)?
  private var emitted = 0
  private var reportedBytes = 0
  /// The fewest bytes there were since the last sweep.
  private var sweptBytes = 0

  init(graph: Graph, control: LuaControl) {
    self.graph = graph
    self.control = control
  }

  /// A computation being recorded: looking at values would bake them in.
  struct Capture {
    /// What records, for errors: `jit`, `train`, ...
    let name: String
    /// The number that draws take as their step, changed at each run.
    let step: Tensor?
  }

  /// Hands a new value to the script.
  @inline(__always)
  func give(_ id: NodeID, to call: LuaFastCall) throws {
    if isTracing { try trace(id, call) }
    graph.retain(id)
    call.returnHandle(Int64(id), kind: Self.tensorKind)
    emitted &+= 1
    if emitted > Self.sweepInterval && holds == 0 { tidy() }
  }

  /// After values were made within `holding`: sweeps if it is time, and reports their bytes.
  func settle() {
    if graph.freshNodes > Self.sweepInterval && holds == 0 { tidy() }
    reportBytes()
  }

  /// The handle of a value for the script, with its ownership.
  func handle(_ tensor: Tensor) -> LuaValue {
    graph.retain(tensor.id)
    return .handle(LuaHandle(kind: Self.tensorKind, id: Int64(tensor.id)))
  }

  /// Frees what nobody holds.
  func tidy() {
    emitted = 0
    guard holds == 0 else { return }
    graph.sweep()
    sweptBytes = graph.memory.liveBytes
    reportBytes()
  }

  /// Called when Lua lets go of a handle.
  func release(_ id: Int64) {
    graph.release(NodeID(truncatingIfNeeded: id))
    let bytes = graph.memory.liveBytes
    sweptBytes = min(sweptBytes, bytes)
    if holds == 0 && bytes > sweptBytes + Self.sweepBytes { tidy() }
    reportBytes()
  }

  /// Tells Lua's collector how many bytes of tensors there are now.
  func reportBytes() {
    let bytes = isLimited ? limitedBytes : graph.memory.liveBytes
    if bytes != reportedBytes { control.addExternalBytes(bytes - reportedBytes) }
    reportedBytes = bytes
  }

  /// Computes a value that has none yet.
  @inline(__always)
  func realize(_ id: NodeID) throws {
    let tensor = Tensor(graph: graph, id: id)
    if !tensor.isRealized { try holding { try graph.realize([tensor]) } }
  }

  /// Runs `body` while bare tensors are safe from sweeps.
  func holding<Result>(_ body: () throws -> Result) rethrows -> Result {
    holds += 1
    defer { holds -= 1 }
    return try body()
  }

  /// Checks that a value may be looked at now.
  ///
  /// - Throws: `TensorError` inside a capture.
  func requireLooking(_ operation: String) throws {
    guard let capture else { return }
    throw TensorError(
      operation,
      "cannot look at a value while \(capture.name) records the computation; what is looked at "
        + "would be frozen into it. Compute with tensors (pg.where instead of if), or pass "
        + "dynamic = true to run Lua at every step")
  }

  /// Computes the values of tensors and looks at them.
  func numbers(_ tensor: Tensor, _ operation: String) throws -> [Double] {
    try requireLooking(operation)
    try requireRoom(tensor.shape.count, operation)
    let values = try holding { try tensor.doubles() }
    reportBytes()
    return values
  }
}
