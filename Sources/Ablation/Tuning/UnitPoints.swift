import TensorCore

/// Independent uniform points of the unit cube.
enum UniformPoints {
  static func points(_ count: Int, _ dimensions: Int, seed: UInt64) -> [[Double]] {
    var stream = RandomStream(seed: seed, name: "design")
    return (0..<count).map { _ in (0..<dimensions).map { _ in stream.uniform() } }
  }
}

/// Points that fill the unit cube evenly: Halton's sequence, moved by a random shift of the torus.
struct HaltonPoints {
  private let bases: [Int]
  private let shifts: [Double]

  /// - Parameters:
  ///   - dimensions: of the cube.
  ///   - seed: of the shift; neighbouring seeds give unrelated shifts.
  init(dimensions: Int, seed: UInt64) {
    var primes: [Int] = []
    var next = 2
    while primes.count < dimensions {
      if primes.allSatisfy({ next % $0 != 0 }) { primes.append(next) }
      next += 1
    }
    bases = primes
    var stream = RandomStream(seed: seed, name: "halton")
    shifts = primes.map { _ in stream.uniform() }
  }

  /// The first points.
  func points(_ count: Int) -> [[Double]] { (0..<count).map(point) }

  /// The point of a number, from 0.
  func point(_ index: Int) -> [Double] {
    zip(bases, shifts).map { base, shift in
      let place = Self.radicalInverse(index + 1, base) + shift
      return place - place.rounded(.down)
    }
  }

  /// The digits of a number mirrored at the point: 6 = 110 in base 2 gives 0.011.
  static func radicalInverse(_ number: Int, _ base: Int) -> Double {
    var (rest, scale, result) = (number, 1 / Double(base), 0.0)
    while rest > 0 {
      result += Double(rest % base) * scale
      rest /= base
      scale /= Double(base)
    }
    return result
  }
}
