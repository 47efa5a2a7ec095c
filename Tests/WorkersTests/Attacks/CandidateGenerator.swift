import TensorCore

/// Makes up Lua sources: statements over tensors and numbers, mostly sensible, with odd shapes,
/// extreme numbers and wrong arguments mixed in.
struct CandidateGenerator {
  private var random: RandomStream
  private var names = ["x", "y"]

  init(seed: UInt64) { random = RandomStream(seed: seed, name: "candidate") }

  /// Functions of tensors that scripts may call, all of the catalogue's.
  private static let functions = Catalogue.operations.filter(\.isPublic)
  private static let numbers = [
    "0", "1", "-1", "2", "3", "0.5", "-0.5", "1e300", "-1e300", "1e-320", "1/0", "-1/0", "0/0",
    "math.maxinteger", "math.mininteger", "1 << 40", "7.000001", "nil", "true", "'mean'", "{}",
    "{1, 2}", "{{1, 2}, {3}}", "{axis = 1}", "pg", "math.huge",
  ]
  private static let extents = ["0", "1", "2", "3", "7", "64", "1 << 20", "1 << 33", "-2"]

  private mutating func pick<Item>(_ items: [Item]) -> Item {
    items[Int(random.nextUInt64() % UInt64(items.count))]
  }

  private mutating func chance(_ percent: UInt64) -> Bool { random.nextUInt64() % 100 < percent }

  /// A source that returns a few numbers where it gets that far.
  mutating func source() -> String {
    var lines = [
      "local pg = require 'perigee'",
      "local x = pg.randn(\(shape()))", "local y = pg.ones(\(shape())) * \(pick(Self.numbers))",
    ]
    for _ in 0..<(2 + random.nextUInt64() % 8) { lines.append(statement()) }
    lines.append("return \(tensor()), \(scalar())")
    return lines.joined(separator: "\n")
  }

  private mutating func shape() -> String {
    if chance(85) { return pick(["3", "4", "2, 3", "3, 2", "4, 4", "2, 3, 4"]) }
    return (0...random.nextUInt64() % 3).map { _ in pick(Self.extents) }.joined(separator: ", ")
  }

  private mutating func statement() -> String {
    switch random.nextUInt64() % 10 {
    case 0: return "for i = 1, \(pick(["3", "10", "1e7"])) do \(names[0]) = \(tensor()) end"
    case 1: return "if \(scalar()) == \(scalar()) then \(names[1]) = \(tensor()) end"
    case 2: return "local t = {\(scalar()), \(tensor())} for k, v in pairs(t) do y = v end"
    case 3: return "x = pg.grad(function(z) return \(sum(of: "z")) end)(\(tensor()))"
    case 4: return "y = pg.jit(function(a, b) return a + b end)(\(tensor()), \(tensor()))"
    case 5: return "local n = \(tensor()):\(pick(["item", "totable", "size"]))()"
    default:
      let name = "v\(names.count)"
      let line = "local \(name) = \(tensor())"
      names.append(name)
      return line
    }
  }

  private mutating func sum(of name: String) -> String {
    let function = pick(["tanh", "exp", "log_sigmoid", "softplus", "abs", "sqrt", "cumsum", "sort"])
    return "(\(name):\(function)() * \(scalar())):sum()"
  }

  private mutating func tensor() -> String {
    switch random.nextUInt64() % 8 {
    case 0...2: return pick(names)
    case 3:
      let other = chance(50) ? pick(names) : scalar()
      return "(\(pick(names)) \(pick(["+", "-", "*", "/"])) \(other))"
    case 4: return "\(pick(names)):\(pick(["tanh", "exp", "neg", "log_sigmoid", "relu"]))()"
    case 5: return "pg.randn(\(shape()))"
    default: return call()
    }
  }

  /// Any operation, with arguments that fit its parameters most of the time.
  private mutating func call() -> String {
    let operation = pick(Self.functions)
    let arguments = operation.parameters.map { parameter -> String in
      guard chance(92) else { return pick(Self.numbers) }
      switch parameter.kind {
      case .tensor: return pick(names)
      case .tensors: return "{\(pick(names)), \(pick(names))}"
      case .axis, .integer: return pick(["1", "2", "-1", "0", "5"])
      case .axes, .integers, .shape: return pick(["{1}", "{2, 1}", "{3, -1}", "{}", "{6}", "1"])
      case .number: return scalar()
      case .flag: return pick(["true", "false", "nil"])
      case .text: return pick(["'mean'", "'ij,jk->ik'", "'float64'", "'x'", "''"])
      }
    }
    return "(pg.\(operation.name)(\(arguments.joined(separator: ", "))))"
  }

  private mutating func scalar() -> String {
    chance(70) ? pick(["0.5", "1", "2", "-1", "0.1", "3"]) : pick(Self.numbers)
  }
}
