import Foundation

/// Stops a script when its time is over, from a thread of its own: what runs meanwhile pays
/// nothing.
///
/// `@unchecked Sendable`: `isOver` is read and written under the lock of `condition`, and the rest
/// never changes.
public final class Watchdog: @unchecked Sendable {
  /// Seconds between two attempts to stop what goes on.
  private static let interval = 0.01

  private let control: LuaControl
  private let condition = NSCondition()
  private let end: Date
  private let patience: Double
  private let giveUp: (@Sendable () -> Void)?
  private var isOver = false

  /// Starts to watch.
  ///
  /// - Parameters:
  ///   - control: of the state whose script is stopped.
  ///   - seconds: from now.
  ///   - patience: seconds after which `giveUp` is called if the script still runs, because it is
  ///     inside Lua's own C library or turned its hooks off.
  ///   - giveUp: called on the watchdog's thread.
  public init(
    _ control: LuaControl, seconds: Double, patience: Double = 2,
    giveUp: (@Sendable () -> Void)? = nil
  ) {
    self.control = control
    self.patience = patience
    self.giveUp = giveUp
    end = Date(timeIntervalSinceNow: max(0, min(seconds, 1e9)))
    let thread = Thread { [self] in watch() }
    thread.name = "watchdog"
    thread.start()
  }

  /// Ends the watch.
  public func cancel() {
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
  }

  private func watch() {
    guard wait(until: end) else { return }
    let last = Date(timeIntervalSinceNow: patience)
    while true {
      _ = control.interrupt(.timeLimit)
      guard wait(until: Date(timeIntervalSinceNow: Self.interval)) else { return }
      if let giveUp, Date() > last { return giveUp() }
    }
  }

  /// False when the watch was ended.
  private func wait(until date: Date) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !isOver && Date() < date { _ = condition.wait(until: date) }
    return !isOver
  }
}
