import LuaBindings

/// Parameters of one method, given on a command line as `--beta 0.2`.
public enum MethodOptions {
  /// Reads words against the parameters that a method declares.
  ///
  /// - Returns: The values that were given.
  /// - Throws: `OptionError` for an unknown name, a missing or a bad value.
  public static func read(
    _ words: [String], _ parameters: [ParameterDeclaration], method: String
  ) throws -> [String: ParameterValue] {
    let options = try RecipeOptions(words, parameters, recipe: method)
    return options.values.filter { options.given.contains($0.key) }
  }
}
