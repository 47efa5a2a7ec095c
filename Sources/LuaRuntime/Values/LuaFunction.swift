import Synchronization

/// A Lua function that Swift keeps alive. Call it with ``LuaState/call(_:_:)``.
///
/// It may be dropped on any thread and may outlive its state.
public final class LuaFunction: Sendable, Equatable {
  let reference: Int32
  let identity: UInt
  let ledger: ReferenceLedger

  init(reference: Int32, identity: UInt, ledger: ReferenceLedger) {
    self.reference = reference
    self.identity = identity
    self.ledger = ledger
  }

  deinit { ledger.release(reference) }

  /// True when both are the same Lua closure.
  public static func == (left: LuaFunction, right: LuaFunction) -> Bool {
    left.ledger === right.ledger && left.identity == right.identity
  }
}

/// References dropped by Swift and not yet given back to Lua, which only Lua's thread may do.
final class ReferenceLedger: Sendable {
  private let dropped = Mutex<[Int32]>([])
  private let isDirty = Atomic<Bool>(false)

  func release(_ reference: Int32) {
    dropped.withLock { $0.append(reference) }
    isDirty.store(true, ordering: .releasing)
  }

  /// Hands over what was dropped since the last time.
  func takeDropped() -> [Int32] {
    guard isDirty.exchange(false, ordering: .acquiring) else { return [] }
    return dropped.withLock { list in
      defer { list = [] }
      return list
    }
  }
}
