import Foundation

/// Chart.js, which pages carry inside them.
public enum ChartLibrary {
  private static let places = [
    "/usr/share/javascript/chart.js/chart.min.js", "/usr/share/javascript/chart.js/Chart.min.js",
    "/usr/share/nodejs/chart.js/dist/chart.min.js",
  ]

  /// The text of the library.
  ///
  /// - Parameter environment: `PERIGEE_CHARTJS` may name the file.
  /// - Returns: Nil where it is not installed.
  public static func text(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    let own = environment["PERIGEE_CHARTJS"].map { [$0] } ?? places
    for place in own {
      if let text = try? String(contentsOfFile: place, encoding: .utf8) {
        // Nothing in it may end the element that it stands in.
        return text.replacing("</script", with: "<\\/script")
      }
    }
    return nil
  }
}
