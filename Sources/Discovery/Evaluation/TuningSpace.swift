import Foundation
import Notation

/// Where the settings of a loss are looked for, the same points for every loss: equal budgets.
public struct TuningSpace: Sendable, Equatable {
  /// A setting and its range, searched by its logarithm.
  public struct Axis: Sendable, Equatable {
    /// `beta`, `learning_rate`, ...
    public var name: String
    /// Both ends above 0.
    public var range: ClosedRange<Double>

    /// A setting with its range.
    public init(_ name: String, _ range: ClosedRange<Double>) {
      self.name = name
      self.range = range
    }
  }

  /// In declared order.
  public var axes: [Axis]
  /// Points tried first, spread over the whole space.
  public var points: Int
  /// Points tried then, around the best.
  public var refinements: Int

  /// A space.
  public init(axes: [Axis], points: Int, refinements: Int) {
    (self.axes, self.points, self.refinements) = (axes, points, refinements)
  }

  /// Generators of additive recurrences that fill the square evenly (Roberts 2018): powers of the
  /// inverse of the root of x^(d+1) = x + 1.
  private static func steps(_ dimensions: Int) -> [Double] {
    var root = 2.0
    for _ in 0..<60 { root = pow(1 + root, 1 / Double(dimensions + 1)) }
    return (1...max(dimensions, 1)).map { pow(1 / root, Double($0)) }
  }

  /// Places in the unit cube, evenly spread.
  private func places(_ count: Int) -> [[Double]] {
    let steps = Self.steps(axes.count)
    return (0..<count).map { index in
      axes.indices.map { axis in
        let place = 0.5 + steps[axis] * Double(index + 1)
        return place - place.rounded(.down)
      }
    }
  }

  /// The first points.
  ///
  /// - Parameter known: settings that the loss and the task have; others are left out.
  /// - Returns: `points` configurations; a single empty one where nothing is left to tune.
  public func spread(_ known: (String) -> Bool) -> [JSONObject] {
    let used = TuningSpace(axes: axes.filter { known($0.name) }, points: points, refinements: 0)
    guard !used.axes.isEmpty else { return [JSONObject()] }
    return used.places(points).map { place in
      JSONObject(
        zip(used.axes, place).map { axis, share in
          let (low, high) = (log(axis.range.lowerBound), log(axis.range.upperBound))
          return (axis.name, .number(Self.short(exp(low + share * (high - low)))))
        })
    }
  }

  /// Points around one of the first: within a third of each axis.
  public func around(_ best: JSONObject) -> [JSONObject] {
    let used = axes.filter { best[$0.name] != nil }
    let inner = TuningSpace(axes: used, points: refinements, refinements: 0)
    return inner.places(used.isEmpty ? 0 : refinements).map { place in
      JSONObject(
        zip(used, place).map { axis, share in
          let (low, high) = (log(axis.range.lowerBound), log(axis.range.upperBound))
          let middle = log(best[axis.name]?.double ?? 1)
          let moved = middle + (share - 0.5) * (high - low) / 3
          return (axis.name, .number(Self.short(exp(min(max(moved, low), high)))))
        })
    }
  }

  /// Three digits are enough.
  private static func short(_ number: Double) -> Double {
    LossExpression.rounded(number, digits: 3)
  }
}
