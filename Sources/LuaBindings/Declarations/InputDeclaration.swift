import LuaRuntime
import TensorCore

/// A tensor that a method asks for by name, with the axes it must have: `reward = "batch"`,
/// `preference = "action action"`, `embedding = "batch 4"`, `weight = ""` for a single number.
public struct InputDeclaration: Sendable, Equatable {
  /// An axis of an input.
  public enum Axis: Sendable, Equatable {
    /// As long as every other axis of that name.
    case named(String)
    /// Of a given length.
    case fixed(Int)
  }

  /// The axes of a number for each token.
  static let tokens = [Axis.named("batch"), .named("token")]

  /// As scripts spell it.
  public let name: String
  /// From the first to the last; none for a single number.
  public let axes: [Axis]

  /// `[batch, 4]`, for errors.
  public var text: String {
    let words = axes.map { axis in
      switch axis {
      case .named(let name): name
      case .fixed(let extent): String(extent)
      }
    }
    return "[\(words.joined(separator: ", "))]"
  }

  /// Whether there is a number for each token, not one for each completion.
  public var isPerToken: Bool { axes.contains(.named("token")) }

  /// Reads a table of names and axes, sorted by name; none for nil.
  ///
  /// - Parameters:
  ///   - value: what the script gave.
  ///   - title: what declares it, for errors.
  /// - Returns: the declarations.
  /// - Throws: `DeclarationError` for anything else.
  static func read(_ value: LuaValue, _ title: String) throws -> [InputDeclaration] {
    if value == .nil { return [] }
    guard let table = value.tableValue, table.items.isEmpty else {
      throw DeclarationError(
        "\(title): expected a table of names and axes such as { reward = \"batch\" }")
    }
    return try table.names.map { name in
      guard let text = table[name].stringValue else {
        throw DeclarationError(
          "\(title): the axes of \(name) must be a string such as \"batch token\", got "
            + table[name].typeName)
      }
      let axes = text.split(separator: " ").map { word in
        Int(word).map(Axis.fixed) ?? .named(String(word))
      }
      return InputDeclaration(name: name, axes: axes)
    }
  }

  /// Checks a shape, given the axes whose length is known; learns the others.
  ///
  /// - Throws: `DeclarationError` with the shape and what was expected.
  func check(_ shape: Shape, _ known: inout [String: Int], _ title: String) throws {
    var isFitting = shape.rank == axes.count
    for (axis, extent) in zip(axes, shape.dims) where isFitting {
      switch axis {
      case .fixed(let wanted): isFitting = extent == wanted
      case .named(let name):
        isFitting = known[name, default: extent] == extent
        if known[name] == nil { known[name] = extent }
      }
    }
    guard !isFitting else { return }
    let lengths = axes.compactMap { axis -> String? in
      guard case .named(let name) = axis, let extent = known[name] else { return nil }
      return "\(name) = \(extent)"
    }
    let hint = lengths.isEmpty ? "" : " with " + lengths.joined(separator: ", ")
    throw DeclarationError("\(title): \(name) must be \(text)\(hint), got \(shape)")
  }
}
