import Foundation
import LuaBindings
import LuaRuntime
import Notation

/// Values of one parameter that a sampler draws from: `pg.log_uniform(1e-4, 1e-1)`.
public struct SearchRange: Sendable, Equatable {
  /// How the unit interval is laid over the values.
  public enum Scale: String, Sendable {
    case uniform
    case logUniform = "log_uniform"
    case integer
    case choice
  }

  /// How the unit interval is laid over the values.
  public let scale: Scale
  /// Ends, both included; unused by choices.
  public let low: Double
  public let high: Double
  /// What a choice is among.
  public let choices: [JSONValue]

  /// A range of numbers.
  ///
  /// - Throws: `DeclarationError` where it is empty, or logarithmic and not above 0.
  public init(_ scale: Scale, _ low: Double, _ high: Double) throws {
    guard low < high, low.isFinite, high.isFinite else {
      throw DeclarationError("\(scale.rawValue): expected low below high, got \(low) and \(high)")
    }
    guard scale != .logUniform || low > 0 else {
      throw DeclarationError("\(scale.rawValue): expected ends above 0, got \(low)")
    }
    (self.scale, self.low, self.high, choices) = (scale, low, high, [])
  }

  /// A choice among values.
  ///
  /// - Throws: `DeclarationError` where there is none.
  public init(choices: [JSONValue]) throws {
    guard !choices.isEmpty else { throw DeclarationError("choice: expected a list of values") }
    (scale, low, high, self.choices) = (.choice, 0, Double(choices.count - 1), choices)
  }

  /// The value at a place of the unit interval; places beyond are moved to the ends.
  public func value(at place: Double) -> JSONValue {
    let place = min(max(place, 0), 1)
    switch scale {
    case .uniform: return .number(low + place * (high - low))
    case .logUniform: return .number(exp(log(low) + place * (log(high) - log(low))))
    case .integer:
      let count = high - low + 1
      return .integer(Int64(min((low + (place * count).rounded(.down)), high)))
    case .choice:
      return choices[min(Int(place * Double(choices.count)), choices.count - 1)]
    }
  }

  /// Whether neighbouring places have neighbouring values.
  var isOrdered: Bool { scale != .choice }

  /// The range for people: `log uniform 0.0001 to 0.1`.
  public var text: String {
    switch scale {
    case .choice: "one of " + choices.map(ValueText.short).joined(separator: ", ")
    case .integer: "\(Int(low)) to \(Int(high))"
    case .uniform: "\(ValueText.short(low)) to \(ValueText.short(high))"
    case .logUniform: "\(ValueText.short(low)) to \(ValueText.short(high)), logarithmic"
    }
  }

  /// The range as records keep it.
  var json: JSONValue {
    switch scale {
    case .choice: ["scale": "choice", "values": .list(choices)]
    default: ["scale": .string(scale.rawValue), "low": .number(low), "high": .number(high)]
    }
  }
}

/// Values of configurations as people read them.
enum ValueText {
  /// Few digits, no quotes, files without folder and ending.
  static func short(_ value: JSONValue) -> String {
    switch value {
    case .number(let number): return short(number)
    case .string(let text):
      guard text.hasSuffix(".lua") else { return text }
      return String((text.split(separator: "/").last ?? "").dropLast(4))
    case .object(let object): return object["name"]?.string ?? value.compactText
    default: return value.compactText
    }
  }

  /// At most four significant digits.
  static func short(_ number: Double) -> String {
    guard number.isFinite else { return String(number) }
    if number == number.rounded(), abs(number) < 1e6 { return String(Int(number)) }
    let text = String(format: "%.4g", number)
    return text.contains("e") ? text.replacing("e-0", with: "e-").replacing("e+0", with: "e") : text
  }

  /// Seconds as `0.8 ms`, `3.2 s`, `4:05` or `1:02:03`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 0.1 { return String(format: "%.2g ms", seconds * 1000) }
    if seconds < 60 { return String(format: "%.2g s", seconds) }
    let whole = Int(seconds.rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
