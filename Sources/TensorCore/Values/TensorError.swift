/// A tensor operation that was asked for something it cannot do.
public struct TensorError: Error, Equatable, CustomStringConvertible {
  /// The operation, as scripts spell it.
  public let operation: String
  /// What was wrong, with the offending shapes and values.
  public let message: String

  public init(_ operation: String, _ message: String) {
    self.operation = operation
    self.message = message
  }

  public var description: String { "\(operation): \(message)" }
}
