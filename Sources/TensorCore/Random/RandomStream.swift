import Foundation

/// A named stream of random numbers that depends only on its seed, its names and how many
/// numbers were drawn before.
///
/// Two streams with the same seed and names give the same numbers, wherever, in whatever order
/// and beside whatever other streams they are used. A stream is a value: a copy continues on its
/// own. `position` is its whole progress, so saving seed, names and position saves the stream.
///
/// The identity of a stream is 128 bits: its names absorbed, eight bytes at a time, by Philox.
/// One half is the key, the other the upper half of the counter; the position is the lower half.
public struct RandomStream: Sendable, Hashable, RandomNumberGenerator {
  private let key: UInt64
  private let lane: UInt64
  private var spare: UInt64 = 0

  /// The number of 64-bit words drawn so far; `seek(to:)` moves it.
  public private(set) var position: UInt64 = 0

  /// Opens the stream of a name under a seed.
  ///
  /// - Parameters:
  ///   - seed: any number; neighbouring seeds give unrelated streams.
  ///   - name: what the numbers are for, such as `"pairs"`.
  public init(seed: UInt64, name: String) {
    let root = Philox.pair(low: seed, high: 0x7065_7269_6765_6531, key: 0)
    self.init(absorbing: name, key: root.0, lane: root.1)
  }

  private init(absorbing name: String, key: UInt64, lane: UInt64) {
    var state = (key, lane)
    var chunk: UInt64 = 0
    var count: UInt64 = 0
    for byte in name.utf8 {
      chunk |= UInt64(byte) << (8 * (count % 8))
      count += 1
      if count % 8 == 0 {
        state = Philox.pair(low: chunk, high: state.1, key: state.0)
        chunk = 0
      }
    }
    state = Philox.pair(low: chunk, high: state.1, key: state.0)
    state = Philox.pair(low: count, high: ~state.1, key: state.0)
    (self.key, self.lane) = state
  }

  /// Returns the stream of a name below this one; drawing from either does not move the other.
  ///
  /// - Parameter name: what the numbers are for. `child("a").child("b")` and `child("ab")` differ.
  /// - Returns: a stream at position 0, whatever the position of this one.
  public func child(_ name: String) -> RandomStream {
    RandomStream(absorbing: name, key: key, lane: lane)
  }

  /// Returns the stream of a number below this one, such as an epoch or a trial.
  ///
  /// - Parameter index: the number.
  /// - Returns: the child named by the decimal digits of `index`.
  public func child(_ index: Int) -> RandomStream {
    child(String(index))
  }

  /// Moves the stream so that the next word drawn is the one at a position.
  ///
  /// - Parameter position: a count of 64-bit words from the start of the stream.
  public mutating func seek(to position: UInt64) {
    self.position = position
    if position & 1 == 1 {
      spare = Philox.pair(low: position >> 1, high: lane, key: key).1
    } else {
      spare = 0
    }
  }

  /// Draws 64 uniform bits.
  @inline(__always)
  public mutating func nextUInt64() -> UInt64 {
    defer { position &+= 1 }
    if position & 1 == 1 {
      defer { spare = 0 }
      return spare
    }
    let words = Philox.pair(low: position >> 1, high: lane, key: key)
    spare = words.1
    return words.0
  }

  /// Draws 64 uniform bits (the standard library's name for `nextUInt64`).
  public mutating func next() -> UInt64 { nextUInt64() }

  /// Draws a number uniform on [0, 1), a multiple of 2⁻⁵³; one word.
  public mutating func uniform() -> Double {
    Double(nextUInt64() >> 11) * 0x1p-53
  }

  /// Draws an integer uniform on 0 ..< bound, without bias.
  ///
  /// - Parameter bound: one more than the largest result; below 1 it counts as 1.
  /// - Returns: the integer drawn.
  public mutating func uniform(below bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let range = UInt64(bound)
    let threshold = (0 &- range) % range
    while true {
      let product = nextUInt64().multipliedFullWidth(by: range)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// Draws a standard normal number (Box-Muller, the cosine branch); two words.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// Puts the elements of an array in uniformly random order (Fisher-Yates).
  ///
  /// - Parameter array: the array to reorder.
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    var last = array.count - 1
    while last > 0 {
      array.swapAt(last, uniform(below: last + 1))
      last -= 1
    }
  }

  /// Draws a uniformly random order of 0 ..< count.
  ///
  /// - Parameter count: how many; below 1 gives an empty order.
  /// - Returns: each of 0 ..< count once.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(count, 0))
    shuffle(&order)
    return order
  }
}
