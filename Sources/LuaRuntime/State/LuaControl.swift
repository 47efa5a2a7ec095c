import CLuaBridge

/// The part of a Lua state that other threads and signal handlers may touch; it may outlive the
/// state.
///
/// Unchecked is right because the C block behind it uses atomics and a lock for all it holds.
public final class LuaControl: @unchecked Sendable {
  /// Why a script is stopped.
  public enum Reason: String, Sendable, Codable, CaseIterable {
    /// The user asked (Ctrl-C).
    case user
    /// A time limit passed.
    case timeLimit
    /// The program needs it to end.
    case host
    /// Lua and tensors together need more memory than the budget has.
    case memory
    /// More instructions than the budget has.
    case instructions
    /// More work in kernels than the budget has.
    case work
    /// More graph nodes than the budget has.
    case nodes
    /// More output than the budget has.
    case output

    private static let codes: [(Reason, lb_reason)] = [
      (.user, LB_REASON_USER), (.timeLimit, LB_REASON_TIME), (.host, LB_REASON_HOST),
      (.memory, LB_REASON_MEMORY), (.instructions, LB_REASON_INSTRUCTIONS),
      (.work, LB_REASON_WORK), (.nodes, LB_REASON_NODES), (.output, LB_REASON_OUTPUT),
    ]

    init?(_ code: lb_reason) {
      guard let found = Self.codes.first(where: { $0.1 == code }) else { return nil }
      self = found.0
    }

    var code: lb_reason {
      switch self {
      case .user: LB_REASON_USER
      case .timeLimit: LB_REASON_TIME
      case .host: LB_REASON_HOST
      case .memory: LB_REASON_MEMORY
      case .instructions: LB_REASON_INSTRUCTIONS
      case .work: LB_REASON_WORK
      case .nodes: LB_REASON_NODES
      case .output: LB_REASON_OUTPUT
      }
    }
  }

  /// What a budget counts besides time and memory.
  public enum Resource: Sendable {
    case instructions, work, nodes, output

    var code: lb_resource {
      switch self {
      case .instructions: LB_INSTRUCTIONS
      case .work: LB_WORK
      case .nodes: LB_NODES
      case .output: LB_OUTPUT
      }
    }
  }

  let block: OpaquePointer

  init() throws {
    guard let block = lb_control_new() else {
      throw LuaError(kind: .memory, message: "not enough memory for a Lua state")
    }
    self.block = block
  }

  deinit { lb_control_free(block) }

  /// Stops the script that runs in the state, if one does, and keeps the state usable.
  ///
  /// The script stops at its next instruction, or when the native or library function it is in
  /// returns. No `pcall` can prevent it.
  /// - Returns: whether a script was running.
  @discardableResult
  public func interrupt(_ reason: Reason = .user) -> Bool {
    return lb_interrupt(block, reason.code)
  }

  /// True from an interrupt until control is back at the host; long native work should look.
  public var isInterrupted: Bool { lb_interrupted(block) != LB_REASON_NONE }

  /// Whether the script must stop: it was interrupted, or its time is over. Native work that
  /// takes long asks now and then, on any thread.
  public var shouldStop: Bool { lb_should_stop(block) }

  /// Why the script is stopped; nil when it is not.
  public var reason: Reason? { Reason(lb_interrupted(block)) }

  /// Takes from what the budget has left.
  ///
  /// - Returns: false, and the script is stopped, when that was too little.
  public func charge(_ resource: Resource, _ amount: Int) -> Bool {
    lb_charge(block, resource.code, Int64(amount))
  }

  /// Compares an amount that comes and goes with what the budget allows at once.
  ///
  /// - Returns: false, and the script is stopped, when it is too large.
  public func isWithin(_ resource: Resource, _ amount: Int) -> Bool {
    lb_within(block, resource.code, Int64(amount))
  }

  /// What was used of the budget.
  func used(_ resource: Resource) -> Int { Int(lb_used(block, resource.code)) }

  /// Counts native bytes that Lua's handles keep alive (negative when freed). They hasten
  /// collection and count towards the memory limit.
  public func addExternalBytes(_ delta: Int) { lb_add_external(block, Int64(delta)) }

  /// Native bytes counted now.
  public var externalBytes: Int { Int(lb_external(block)) }
}
