import Notation
import TensorCore

/// The names of element types in scripts.
enum TypeName {
  /// The type of a name.
  ///
  /// - Throws: `TensorError` listing the types.
  static func read(_ name: String, _ operation: String) throws -> DType {
    if let dtype = DType(name: name) { return dtype }
    let names = DType.allCases.map(\.name)
    throw TensorError(
      operation,
      "there is no type \"\(name)\"\(NearestName.hint(name, in: names)); types are "
        + names.joined(separator: ", "))
  }
}
