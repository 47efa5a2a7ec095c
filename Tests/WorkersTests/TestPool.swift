import Foundation
import Workers

/// Workers of the program that was built with these tests.
enum TestPool {
  /// The program lies beside the bundle that runs these tests.
  static let executable: String = {
    let here = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let bundle = here.path.contains("/.build/") ? here.path : CommandLine.arguments[0]
    var place = URL(fileURLWithPath: bundle).deletingLastPathComponent()
    while place.path.count > 1 {
      let program = place.appendingPathComponent("perigee").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: program, isDirectory: &isFolder),
        !isFolder.boolValue
      {
        return program
      }
      place.deleteLastPathComponent()
    }
    return "/nowhere/perigee"
  }()

  static func settings(_ workers: Int) -> WorkerPool.Settings {
    WorkerPool.Settings(workers: workers, executable: executable)
  }

  /// Started once for all tests that break nothing for good.
  static let shared: WorkerPool = try! WorkerPool(settings(2))
}
