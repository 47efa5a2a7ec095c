import Foundation
import Workers

/// The batches on which a candidate is looked at before anything is trained with it.
public enum GateBank: String, CaseIterable, Codable, Sendable {
  /// Margins to 130 either way, shared in several ways between the sides.
  case main
  /// The same rows in the opposite order.
  case reversed
  /// The same rows with chosen and rejected exchanged.
  case swapped
  /// The first row that is no tie, alone.
  case alone
  /// Margins in units of the loss's argument, half on each side: its shape.
  case profile
  /// Log-ratios to 1000 either way, in single precision.
  case extremes

  /// Inputs that the loss is differentiated by, sorted by path as answers are.
  public static let inputs = [
    "chosen.log_prob", "chosen.ref_log_prob", "rejected.log_prob", "rejected.ref_log_prob",
  ]
  /// Sums of log-probabilities where the ratio is 0.
  private static let base = -40.0

  /// Margins of the main batch.
  public static let margins: [Double] = {
    var margins = [0.0]
    for step in 0..<33 {
      let size = 0.1 * pow(1.25, Double(step))
      margins += [size, -1.07 * size]
    }
    return margins
  }()

  /// Margins of the profile where beta is 0.1: 0, then pairs of opposite sign, then ±100.
  public static let profileMargins: [Double] = {
    var margins = [0.0]
    for step in 0..<14 {
      let size = 0.5 * pow(1.5, Double(step))
      margins += [size, -size]
    }
    return margins + [100, -100]
  }()

  /// Log-ratios of the chosen and the rejected side.
  private var ratios: (chosen: [Double], rejected: [Double]) {
    switch self {
    case .main, .reversed, .swapped:
      let shares = [0.5, 1, 0.15, -0.4, 0.8]
      let first = Self.margins.enumerated().map { $1 * shares[$0 % shares.count] }
      return (first, zip(Self.margins, first).map { $1 - $0 })
    case .alone: return ([GateBank.main.ratios.chosen[1]], [GateBank.main.ratios.rejected[1]])
    case .profile:
      return (Self.profileMargins.map { $0 / 2 }, Self.profileMargins.map { -$0 / 2 })
    case .extremes:
      let sizes: [Double] = [1, -1, 10, -10, 100, -100, 300, -300, 1000, -1000]
      let none = [Double](repeating: 0, count: sizes.count)
      let halves = sizes.map { $0 / 2 }
      let first = sizes + none + halves
      let second = none + sizes.map { -$0 } + halves.map { -$0 }
      return (first, second)
    }
  }

  /// `float64`, but for extremes.
  var dtype: String { self == .extremes ? "float32" : "float64" }

  /// The batch.
  ///
  /// - Parameter scale: what margins of the profile are multiplied by.
  /// - Returns: columns for a worker.
  public func columns(scale: Double = 1) -> ProbeColumns {
    var (chosen, rejected) = ratios
    if self == .profile {
      chosen = chosen.map { $0 * scale }
      rejected = rejected.map { $0 * scale }
    }
    var columns: [String: [Double]] = [:]
    for (side, ratios, offset, length) in [
      ("chosen", chosen, 0.0, 4.0), ("rejected", rejected, -1.37, 3),
    ] {
      columns["\(side).log_prob"] = ratios.map { Self.base + offset + min($0, 0) }
      columns["\(side).ref_log_prob"] = ratios.map { Self.base + offset - max($0, 0) }
      columns["\(side).length"] = ratios.map { _ in length }
    }
    if self == .reversed { columns = columns.mapValues { $0.reversed() } }
    if self == .swapped {
      columns = Dictionary(
        uniqueKeysWithValues: columns.map { path, numbers in (Self.swapped(path), numbers) })
    }
    return ProbeColumns(columns: columns, inputs: Self.inputs, tokens: 4)
  }

  private static func swapped(_ path: String) -> String {
    path.hasPrefix("chosen.")
      ? "rejected." + path.dropFirst(7) : "chosen." + path.dropFirst(9)
  }

  /// The log-ratios of a row, for messages.
  func row(_ place: Int) -> String {
    let (chosen, rejected) = ratios
    guard chosen.indices.contains(place) else { return "of the batch" }
    func short(_ number: Double) -> String { String(format: "%.4g", number) }
    return "at log-ratios \(short(chosen[place])) and \(short(rejected[place]))"
  }
}
