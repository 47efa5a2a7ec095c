import LuaBindings
import Notation

/// One configuration of those that are compared.
struct Arm: Sendable, Equatable {
  /// `dpo, beta 0.1`; unique in its plan.
  var name: String
  /// The values of the factors that apply.
  var settings: JSONObject
  /// Settings and what all arms share.
  var configuration: JSONObject

  /// Arms with names for people, told apart by all digits where few do not.
  static func named(_ found: [(settings: JSONObject, configuration: JSONObject)]) -> [Arm] {
    var names = found.map { name($0.settings, ValueText.short) }
    for place in names.indices where names.filter({ $0 == names[place] }).count > 1 {
      names[place] = name(found[place].settings) { $0.string ?? $0.compactText }
    }
    return zip(names, found).map {
      Arm(name: $0, settings: $1.settings, configuration: $1.configuration)
    }
  }

  private static func name(_ settings: JSONObject, _ text: (JSONValue) -> String) -> String {
    let parts = settings.fields.map { field in
      field.name == "loss" ? text(field.value) : "\(field.name) \(text(field.value))"
    }
    return parts.isEmpty ? "only" : parts.joined(separator: ", ")
  }

  /// Whether the arm has all of these values.
  func agrees(with values: JSONObject) -> Bool {
    values.fields.allSatisfy { field in
      configuration[field.name].map { $0.isSame(as: field.value) } ?? false
    }
  }
}

extension JSONValue {
  /// Equality in which 1 and 1.0 are the same number, and a method is its name.
  func isSame(as other: JSONValue) -> Bool {
    if let left = double, let right = other.double { return left == right }
    if let left = object?["name"], other.string != nil { return left == other }
    if let right = other.object?["name"], string != nil { return self == right }
    return self == other
  }
}
