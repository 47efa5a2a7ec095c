/// The value of one named option of an optimizer or a schedule.
public enum Setting: Sendable, Hashable, CustomStringConvertible {
  case number(Double)
  case numbers([Double])
  case flag(Bool)
  case text(String)

  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .numbers(let list): "{" + list.map { "\($0)" }.joined(separator: ", ") + "}"
    case .flag(let flag): "\(flag)"
    case .text(let text): "\"\(text)\""
    }
  }

  /// What kind of value it is, for errors.
  var kind: String {
    switch self {
    case .number: "a number"
    case .numbers: "a list of numbers"
    case .flag: "true or false"
    case .text: "a string"
    }
  }
}

/// One option that an optimizer or a schedule declares: its name, default and range.
public struct SettingDeclaration: Sendable {
  /// The name in scripts.
  public let name: String
  /// What it is, in a few words.
  public let summary: String
  /// The value it has unless told otherwise; it also fixes the kind of value.
  public let defaultValue: Setting
  /// Whether it must be given; the default then only tells the kind.
  public let isRequired: Bool
  /// Smallest and largest numbers allowed.
  public let range: ClosedRange<Double>
  /// The strings allowed; any when empty.
  public let choices: [String]

  /// A number within a range.
  public init(
    _ name: String, _ defaultValue: Double, _ summary: String,
    in range: ClosedRange<Double> = -Double.infinity...Double.infinity, isRequired: Bool = false
  ) {
    self.init(name, .number(defaultValue), summary, range, [], isRequired)
  }

  /// A list of numbers.
  public init(_ name: String, _ defaultValue: [Double], _ summary: String) {
    self.init(name, .numbers(defaultValue), summary, -Double.infinity...Double.infinity, [], false)
  }

  /// A switch.
  public init(_ name: String, _ defaultValue: Bool, _ summary: String) {
    self.init(name, .flag(defaultValue), summary, -Double.infinity...Double.infinity, [], false)
  }

  /// One of a few strings.
  public init(_ name: String, _ defaultValue: String, _ summary: String, choices: [String]) {
    self.init(
      name, .text(defaultValue), summary, -Double.infinity...Double.infinity, choices, false)
  }

  private init(
    _ name: String, _ value: Setting, _ summary: String, _ range: ClosedRange<Double>,
    _ choices: [String], _ isRequired: Bool
  ) {
    self.name = name
    self.defaultValue = value
    self.summary = summary
    self.range = range
    self.choices = choices
    self.isRequired = isRequired
  }
}
