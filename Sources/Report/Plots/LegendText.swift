import LuaBindings

/// How curves are called.
enum LegendText {
  /// ` (beta = 0.1, label_smoothing = 0.0)`, or nothing.
  static func parameters(_ values: [String: ParameterValue]) -> String {
    let parts = values.keys.sorted().map { name in
      "\(name) = \(values[name].map(text) ?? "")"
    }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  private static func text(_ value: ParameterValue) -> String {
    guard case .number(let number) = value, let whole = Int(exactly: number) else {
      return value.description
    }
    return String(whole)
  }
}
