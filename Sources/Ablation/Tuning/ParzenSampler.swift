import Foundation
import TensorCore

/// Tree-structured Parzen estimators (Bergstra et al. 2011): points that are likely among the good
/// ones and unlikely among the others.
struct ParzenSampler: SettingSampler {
  /// The part of the points that counts as good.
  private static let goodPart = 0.25
  /// Points drawn for each one that is proposed.
  private static let draws = 24

  private let choices: [Int?]
  private var start: HaltonSampler
  private var stream: RandomStream
  private var ranked: [[Double]] = []

  /// `choices` has for each dimension how many unordered values it has; nil for numbers.
  init(choices: [Int?], seed: UInt64) {
    self.choices = choices
    start = HaltonSampler(dimensions: choices.count, seed: seed)
    stream = RandomStream(seed: seed, name: "parzen")
  }

  mutating func tell(round: [[Double]], all: [[Double]]) { ranked = all }

  mutating func ask(_ count: Int) -> [[Double]] {
    guard ranked.count >= max(4, choices.count + 2) else { return start.ask(count) }
    let split = Int((Double(ranked.count) * Self.goodPart).rounded(.up))
    let good = Array(ranked[..<split])
    // What is proposed counts as not good, so that a round does not propose one point many times.
    var other = Array(ranked[split...])
    return (0..<count).map { _ in
      let point = proposal(good, other)
      other.append(point)
      return point
    }
  }

  private mutating func proposal(_ good: [[Double]], _ other: [[Double]]) -> [Double] {
    let dimensions = choices.indices.map { axis in
      (
        Density(good.map { $0[axis] }, choices: choices[axis]),
        Density(other.map { $0[axis] }, choices: choices[axis])
      )
    }
    var best: (point: [Double], score: Double) = ([], -.infinity)
    for _ in 0..<Self.draws {
      var point: [Double] = []
      var score = 0.0
      for (near, far) in dimensions {
        let place = near.draw(&stream)
        point.append(place)
        score += log(near.value(place)) - log(far.value(place))
      }
      if score > best.score { best = (point, score) }
    }
    return best.point
  }

  /// A density on the unit interval: normals at the points, cut at the ends, and a uniform one.
  private struct Density {
    private var kernels: [(centre: Double, width: Double, mass: Double)] = []
    private var weights: [Double] = []

    init(_ points: [Double], choices: Int?) {
      if let choices {
        weights = [Double](repeating: 1, count: choices)
        for point in points { weights[min(Int(point * Double(choices)), choices - 1)] += 1 }
        return
      }
      let sorted = points.sorted()
      let least = 1 / Double(min(100, points.count + 1))
      kernels = sorted.enumerated().map { place, centre in
        let below = place > 0 ? sorted[place - 1] : 0
        let above = place + 1 < sorted.count ? sorted[place + 1] : 1
        let width = min(max(centre - below, above - centre, least), 1)
        let mass = Self.cumulative((1 - centre) / width) - Self.cumulative(-centre / width)
        return (centre, width, mass)
      }
    }

    func value(_ place: Double) -> Double {
      if !weights.isEmpty {
        let index = min(Int(place * Double(weights.count)), weights.count - 1)
        return weights[index] / weights.reduce(0, +)
      }
      let sum = kernels.reduce(1.0) { sum, kernel in
        let z = (place - kernel.centre) / kernel.width
        return sum + exp(-z * z / 2) / ((2 * Double.pi).squareRoot() * kernel.width * kernel.mass)
      }
      return sum / Double(kernels.count + 1)
    }

    func draw(_ stream: inout RandomStream) -> Double {
      if !weights.isEmpty {
        var rest = stream.uniform() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() {
          rest -= weight
          if rest < 0 { return (Double(index) + 0.5) / Double(weights.count) }
        }
        return 1 - 0.5 / Double(weights.count)
      }
      let which = stream.uniform(below: kernels.count + 1)
      guard which < kernels.count else { return stream.uniform() }
      let kernel = kernels[which]
      // Half of the mass at least lies inside, so that this ends soon.
      for _ in 0..<64 {
        let place = kernel.centre + kernel.width * stream.normal()
        if (0...1).contains(place) { return place }
      }
      return kernel.centre
    }

    private static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }
  }
}
