/// A method in the catalogue: a Lua file and what its header says.
public struct MethodEntry: Sendable, Equatable {
  /// The path below `stdlib/` without its ending, such as `losses/dpo`.
  public let name: String
  /// Where the file is.
  public let path: String
  public let header: MethodHeader

  /// The folder: `losses`, `divergences`, `rewards`, ...
  public var family: String {
    name.contains("/") ? String(name.prefix { $0 != "/" }) : ""
  }

  /// The last part of the name.
  public var stem: String {
    name.split(separator: "/").last.map(String.init) ?? name
  }

  /// Everything a search looks at, in lower case.
  var searchText: String {
    let parts =
      [name, header.summary, header.notes] + header.sources
      + header.parameters.map(\.name)
    return parts.joined(separator: " ").lowercased()
  }
}

/// A method that cannot be found, read or used.
public struct MethodError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and what was expected.
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
