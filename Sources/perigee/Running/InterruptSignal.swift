import Foundation
import LuaRuntime
import Synchronization

/// Ctrl-C: the first stops the script and keeps its state, the second ends the process.
enum InterruptSignal {
  private static let presses = Atomic<Int>(0)
  /// What the handler stops. Unsafe is right: it is set before the handler is installed and never
  /// changed while one may run.
  private nonisolated(unsafe) static var control: LuaControl?
  /// Whether a press while nothing runs is ignored, as at a prompt.
  private static let isPrompting = Atomic<Bool>(false)

  /// Starts to watch.
  ///
  /// - Parameters:
  ///   - control: of the state whose scripts are stopped.
  ///   - prompting: whether a press while no script runs is ignored rather than the end.
  static func watch(_ control: LuaControl, prompting: Bool = false) {
    self.control = control
    isPrompting.store(prompting, ordering: .relaxed)
    presses.store(0, ordering: .relaxed)
    // The handler takes no lock and allocates nothing: `interrupt` is made for this place.
    signal(SIGINT) { _ in InterruptSignal.press() }
    // A parent that blocks the signal hands that down.
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// Forgets presses: what is run next may be stopped once before the process is ended.
  static func reset() { presses.store(0, ordering: .relaxed) }

  private static func press() {
    let earlier = presses.add(1, ordering: .relaxed).oldValue
    let isRunning = control?.interrupt(.user) ?? false
    let isOver = isRunning ? earlier > 0 : !isPrompting.load(ordering: .relaxed)
    if isOver {
      _exit(ExitStatus.interrupted.rawValue)
    }
  }
}
