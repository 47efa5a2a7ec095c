/// A request to the laboratory that makes no sense.
public struct LaboratoryError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, with the offending value and what was expected.
  public let description: String

  /// - Parameter description: what was wrong, with what was expected.
  public init(_ description: String) { self.description = description }
}
