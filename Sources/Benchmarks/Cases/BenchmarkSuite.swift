/// All that is measured, in the order of the table.
public enum BenchmarkSuite {
  /// Every case.
  public static let cases: [BenchmarkCase] =
    OperationCases.all + LossCases.all + PolicyCases.all + LanguageModelCases.all
    + AdamCases.all + ProductCases.all + RowCases.all + [SamplingCase.sampling]
    + ProcessCases.all

  /// The cases whose name is `prefix` or goes on with a slash after it.
  ///
  /// - Throws: `BenchmarkError` when there is none.
  public static func cases(matching prefix: String) throws -> [BenchmarkCase] {
    let found = cases.filter { $0.name == prefix || $0.name.hasPrefix(prefix + "/") }
    if !found.isEmpty { return found }
    let names = Set(cases.map { $0.name.split(separator: "/")[0] }).sorted()
    throw BenchmarkError(
      "no case is called \"\(prefix)\"; names begin with \(names.joined(separator: ", "))")
  }
}
