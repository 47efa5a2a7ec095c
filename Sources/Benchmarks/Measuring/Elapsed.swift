import Foundation

/// How long something took.
struct Elapsed: Sendable {
  /// Seconds on the wall.
  var wall = 0.0
  /// Seconds of processors, of all threads and of children that have ended.
  var processor = 0.0

  /// Since some moment.
  static func now() -> Elapsed {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    var children = rusage()
    getrusage(RUSAGE_CHILDREN.rawValue, &children)
    let own = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Elapsed(
      wall: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9,
      processor: own + seconds(children.ru_utime) + seconds(children.ru_stime))
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
  }

  static func + (left: Elapsed, right: Elapsed) -> Elapsed {
    Elapsed(wall: left.wall + right.wall, processor: left.processor + right.processor)
  }

  static func - (left: Elapsed, right: Elapsed) -> Elapsed {
    Elapsed(wall: left.wall - right.wall, processor: left.processor - right.processor)
  }

  /// The seconds of a clock.
  subscript(clock: BenchmarkClock) -> Double { clock == .wall ? wall : processor }
}

/// Which seconds count.
public enum BenchmarkClock: String, Sendable, CaseIterable {
  /// What a user waits: needs a quiet machine.
  case wall
  /// What processors spend: on a busy machine, and on one thread, the better measure.
  case processor
}
