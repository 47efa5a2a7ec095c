import CLuaBridge

/// The part of a Lua state that other threads and signal handlers may touch; it may outlive the
/// state.
///
/// Unchecked is right because the C block behind it uses atomics and a lock for all it holds.
public final class LuaControl: @unchecked Sendable {
  /// Why a script is stopped.
  public enum Reason: Sendable {
    /// The user asked (Ctrl-C).
    case user
    /// A time limit passed.
    case timeLimit
    /// The program needs it to end.
    case host
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
    let code =
      switch reason {
      case .user: LB_REASON_USER
      case .timeLimit: LB_REASON_TIME
      case .host: LB_REASON_HOST
      }
    return lb_interrupt(block, code)
  }

  /// True from an interrupt until control is back at the host; long native work should look.
  public var isInterrupted: Bool { lb_interrupted(block) != LB_REASON_NONE }

  /// Counts native bytes that Lua's handles keep alive (negative when freed). They hasten
  /// collection and count towards the memory limit.
  public func addExternalBytes(_ delta: Int) { lb_add_external(block, Int64(delta)) }

  /// Native bytes counted now.
  public var externalBytes: Int { Int(lb_external(block)) }
}
