import Notation

/// Nested fields under names with dots, so that every one can be asked for.
enum FlatFields {
  /// Options: every leaf, lists as text.
  static func options(_ object: JSONObject) -> JSONObject {
    var flat: [(String, JSONValue)] = []
    add(object, prefix: "", to: &flat)
    return JSONObject(flat)
  }

  /// Results: numbers and texts; an estimate with its interval counts as its estimate.
  static func metrics(_ object: JSONObject) -> JSONObject {
    var flat: [(String, JSONValue)] = []
    for field in object.fields {
      if let estimate = field.value["estimate"] {
        flat.append((field.name, estimate))
      } else if let nested = field.value.object {
        add(nested, prefix: field.name + ".", to: &flat)
      } else if field.value.list == nil {
        flat.append((field.name, field.value))
      }
    }
    return JSONObject(flat)
  }

  private static func add(
    _ object: JSONObject, prefix: String, to flat: inout [(String, JSONValue)]
  ) {
    for field in object.fields {
      switch field.value {
      case .object(let nested): add(nested, prefix: prefix + field.name + ".", to: &flat)
      case .list: flat.append((prefix + field.name, .string(field.value.compactText)))
      default: flat.append((prefix + field.name, field.value))
      }
    }
  }
}
