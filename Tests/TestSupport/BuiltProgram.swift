import Foundation

/// The program that was built with the tests.
public enum BuiltProgram {
  /// Its path: it lies beside the bundle that runs these tests.
  public static let path: String = {
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
}
