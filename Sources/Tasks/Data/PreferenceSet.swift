import Notation

/// Preference pairs: for each row a prompt, the completion preferred and the one not.
public struct PreferenceSet: Sendable, Equatable {
  /// A number that every row has beside its texts.
  public struct Column: Sendable, Equatable {
    /// The name, as in the file.
    public let name: String
    /// One value a row.
    public var values: [Double]

    /// Names a list of values, one a row.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// What comes before the completion, one a row; may be empty.
  public private(set) var prompts: [String] = []
  /// The preferred completions, one a row.
  public private(set) var chosen: [String] = []
  /// The other completions, one a row.
  public private(set) var rejected: [String] = []
  /// The extra numbers, sorted by name.
  public private(set) var columns: [Column] = []

  /// The number of rows.
  public var count: Int { chosen.count }

  /// Makes an empty set with named columns.
  ///
  /// - Parameter columns: the names of the extra numbers; kept sorted.
  public init(columns: [String] = []) {
    self.columns = columns.sorted().map { Column(name: $0, values: []) }
  }

  /// Returns the values of a column, or nil where no column has the name.
  public func column(_ name: String) -> [Double]? {
    columns.first { $0.name == name }?.values
  }

  /// Adds a row.
  ///
  /// - Parameters:
  ///   - prompt: what comes before.
  ///   - chosen: the preferred completion.
  ///   - rejected: the other one.
  ///   - numbers: a value for each column, in the columns' order (sorted by name).
  public mutating func append(
    prompt: String, chosen: String, rejected: String, numbers: [Double] = []
  ) {
    precondition(numbers.count == columns.count, "one number for each column")
    prompts.append(prompt)
    self.chosen.append(chosen)
    self.rejected.append(rejected)
    for (index, number) in numbers.enumerated() { columns[index].values.append(number) }
  }

  /// Writes the rows as JSON Lines, in the layout that `load` and Hugging Face tools read.
  ///
  /// - Parameter path: the file, replaced whole.
  /// - Throws: `FileError` when the disk refuses.
  public func write(to path: String) throws {
    var file = try AtomicFile(path)
    for row in 0..<count {
      var object: JSONObject = [
        "prompt": .string(prompts[row]), "chosen": .string(chosen[row]),
        "rejected": .string(rejected[row]),
      ]
      for column in columns {
        let value = column.values[row]
        let exact = Int64(exactly: value)
        object[column.name] = exact.map { .integer($0) } ?? .number(value)
      }
      try file.write(JSONValue.object(object).compactText)
      try file.write("\n")
    }
    try file.commit()
  }
}
