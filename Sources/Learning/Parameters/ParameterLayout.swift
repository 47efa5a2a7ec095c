import TensorCore

/// Names one parameter of a model: its place among the declared ones.
public struct Parameter: Sendable, Hashable {
  /// Its place in `ParameterLayout.entries`.
  public let index: Int
}

/// What a parameter holds before training.
public enum InitialValue: Sendable, Hashable {
  /// The same number everywhere.
  case constant(Double)
  /// Normal numbers of mean 0 and this standard deviation.
  case normal(deviation: Double)
  /// Uniform numbers between minus and plus this bound.
  case uniform(bound: Double)

  /// Uniform within 1 / sqrt(inputs), PyTorch's choice for linear layers.
  public static func linear(inputs: Int) -> InitialValue {
    .uniform(bound: 1 / Double(max(inputs, 1)).squareRoot())
  }
}

/// The parameters of a model in declared order: where each lies in one flat vector.
///
/// Modules add to a layout when they are made; names follow the path of the module, such as
/// `model.layers.0.self_attn.q_proj.weight`.
public struct ParameterLayout: Sendable {
  /// One declared parameter.
  public struct Entry: Sendable, Hashable {
    /// Full name, unique in the layout.
    public let name: String
    public let shape: Shape
    public let initial: InitialValue
    /// Elements of the flat vector before this parameter.
    public let offset: Int
  }

  /// The parameters in the order they lie in the flat vector.
  public private(set) var entries: [Entry] = []
  private var places: [String: Int] = [:]

  /// A layout without parameters.
  public init() {}

  /// Elements of the flat vector.
  public var count: Int { entries.last.map { $0.offset + $0.shape.count } ?? 0 }

  /// Adds a parameter after those declared before.
  ///
  /// - Parameters:
  ///   - name: a name no other parameter has.
  ///   - shape: its extents.
  ///   - initial: what it holds before training.
  /// - Returns: the parameter, to be looked up in `Parameters`.
  /// - Throws: `LearningError` when the name is taken.
  public mutating func declare(
    _ name: String, _ shape: Shape, initial: InitialValue
  ) throws -> Parameter {
    guard places[name] == nil else {
      throw LearningError("parameters", "\"\(name)\" is declared twice")
    }
    places[name] = entries.count
    entries.append(Entry(name: name, shape: shape, initial: initial, offset: count))
    return Parameter(index: entries.count - 1)
  }

  /// The parameter called `name`.
  ///
  /// - Throws: `LearningError` naming the nearest when there is none.
  public func parameter(named name: String) throws -> Parameter {
    if let place = places[name] { return Parameter(index: place) }
    throw LearningError(
      "parameters", unknown: name, kind: "parameter", among: entries.map(\.name))
  }

  /// The declaration of a parameter.
  public subscript(parameter: Parameter) -> Entry { entries[parameter.index] }
}
