import Foundation

/// Numbers as people read them in a table: at most `digits` after the point, one scale for all.
struct NumberText {
  private enum Style { case integer, fixed(Int), scientific(Int) }

  private let style: Style

  /// Chooses how to write `numbers` so that they line up.
  ///
  /// - Parameters:
  ///   - numbers: what will be written.
  ///   - isInteger: whether the type holds integers only.
  ///   - digits: places after the point.
  init(_ numbers: [Double], isInteger: Bool, digits: Int = 4) {
    let finite = numbers.filter(\.isFinite)
    if isInteger {
      style = .integer
      return
    }
    let largest = finite.map(abs).max() ?? 0
    let smallest = finite.map(abs).filter { $0 > 0 }.min() ?? 1
    if finite.allSatisfy({ $0 == $0.rounded() }) && largest < 1e6 {
      style = .fixed(1)
    } else if largest >= 1e6 || largest < 1e-3 || largest / smallest > 1e7 {
      style = .scientific(digits)
    } else {
      style = .fixed(digits)
    }
  }

  /// The number in the chosen style; `nan`, `inf` and `-inf` by name.
  func write(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    switch style {
    case .integer: return String(Int64(number))
    case .fixed(let places): return String(format: "%.\(places)f", number)
    case .scientific(let places): return String(format: "%.\(places)e", number)
    }
  }
}
