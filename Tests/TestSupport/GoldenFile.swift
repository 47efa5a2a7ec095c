import Foundation

/// A file of reference values: cases with parameters, inputs and what must come out.
///
/// The files lie in a shared folder outside the package, `PERIGEE_SHARED` or `../shared`; tests
/// that need one are skipped where it is absent. A few are copied into `Tests/Golden`.
public struct GoldenFile {
  /// The cases in file order.
  public let cases: [GoldenCase]

  /// Whether the shared folder has the file called `name`; for `.enabled(if:)`.
  public static func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: sharedPath(name).path)
  }

  /// Reads a file of the shared folder.
  public init(shared name: String) throws {
    try self.init(contentsOf: GoldenFile.sharedPath(name))
  }

  /// Reads a file of `Tests/Golden`.
  public init(fixture name: String) throws {
    try self.init(
      contentsOf: GoldenFile.packageRoot.appendingPathComponent("Tests/Golden/\(name).json"))
  }

  private init(contentsOf url: URL) throws {
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    let list = (object as? [String: Any])?["cases"] as? [[String: Any]] ?? []
    cases = list.map(GoldenCase.init)
  }

  /// The folder of Package.swift.
  public static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func sharedPath(_ name: String) -> URL {
    let folder = ProcessInfo.processInfo.environment["PERIGEE_SHARED"].map {
      URL(fileURLWithPath: $0)
    }
    return (folder ?? packageRoot.deletingLastPathComponent().appendingPathComponent("shared"))
      .appendingPathComponent("golden/\(name).json")
  }
}

/// One case of a golden file.
public struct GoldenCase {
  public let name: String
  private let fields: [String: Any]

  init(_ fields: [String: Any]) {
    self.fields = fields
    name = fields["name"] as? String ?? ""
  }

  /// The parameters: numbers, flags, strings, lists; nulls are left out.
  public var params: [String: GoldenValue] { table("params") }

  /// The inputs by name.
  public var inputs: [String: GoldenValue] { table("inputs") }

  /// The gradients by input name.
  public var grads: [String: GoldenValue] { table("grads") }

  /// The field called `name`, such as `loss`, `out` or `traj`.
  public subscript(name: String) -> GoldenValue? { fields[name].flatMap(GoldenValue.init) }

  private func table(_ name: String) -> [String: GoldenValue] {
    (fields[name] as? [String: Any] ?? [:]).compactMapValues(GoldenValue.init)
  }
}

/// A value of a golden file.
public enum GoldenValue: Equatable {
  case flag(Bool)
  case text(String)
  /// Numbers in row-major order and their extents; no extents for a single number.
  case array([Double], dims: [Int])

  init?(_ any: Any) {
    if any is NSNull { return nil }
    if let number = any as? NSNumber {
      let isFlag = CFBooleanType.isBoolean(number)
      self = isFlag ? .flag(number.boolValue) : .array([number.doubleValue], dims: [])
    } else if let text = any as? String {
      let special = ["NaN": Double.nan, "Infinity": .infinity, "-Infinity": -.infinity]
      self = special[text].map { .array([$0], dims: []) } ?? .text(text)
    } else if let list = any as? [Any] {
      self = GoldenValue.joined(list.map { GoldenValue($0) ?? .array([.nan], dims: []) })
    } else {
      return nil
    }
  }

  private static func joined(_ parts: [GoldenValue]) -> GoldenValue {
    var inner: [Int] = []
    var numbers: [Double] = []
    for part in parts {
      guard case .array(let values, let dims) = part else { return .array([], dims: [0]) }
      numbers += values
      inner = dims
    }
    return .array(numbers, dims: [parts.count] + inner)
  }

  /// The numbers in row-major order.
  public var numbers: [Double] {
    if case .array(let numbers, _) = self { return numbers }
    return []
  }

  /// The extents.
  public var dims: [Int] {
    if case .array(_, let dims) = self { return dims }
    return []
  }

  /// The single number.
  public var number: Double? { numbers.count == 1 ? numbers[0] : nil }
}

/// Tells JSON's true and false from 1 and 0.
private enum CFBooleanType {
  static func isBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }
}

/// The largest relative difference of two lists, differences below `floor` counting absolutely.
///
/// Equal non-finite values differ by 0, others by infinity.
public func relativeDifference(_ found: [Double], _ expected: [Double], floor: Double = 1)
  -> Double
{
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).map { pair in
    if pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) { return 0 }
    let difference = abs(pair.0 - pair.1) / max(floor, abs(pair.1))
    return difference.isNaN ? .infinity : difference
  }.max() ?? 0
}

extension GoldenValue {
  /// The numbers in row-major order, as integers.
  public var integers: [Int] { numbers.map { Int($0) } }

  /// Whether a truth value holds; nil for what is none.
  public var flag: Bool? {
    guard case .flag(let flag) = self else { return nil }
    return flag
  }

  /// The string, or nil.
  public var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }
}
