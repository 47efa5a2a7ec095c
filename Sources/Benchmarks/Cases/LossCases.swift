import CReferenceLoops

/// Two losses with their gradient by both sides of the policy, from a Lua file.
enum LossCases {
  static let all =
    ["dpo", "lrml"].flatMap { loss in
      [64, 1024, 65_536, 1_048_576].flatMap { batch in
        (batch <= 1024 ? [true, false] : [true]).map { made(loss, batch: batch, isRecorded: $0) }
      }
    } + [cold]

  /// The losses as a script would have them.
  private static let sources = [
    "dpo": """
    local function loss(chosen, rejected, ref_chosen, ref_rejected)
      local z = 0.1 * ((chosen - ref_chosen) - (rejected - ref_rejected))
      return -pg.log_sigmoid(z):mean()
    end

    """,
    "lrml": """
    local function loss(chosen, rejected, ref_chosen, ref_rejected)
      local u = 0.05 * ((chosen - ref_chosen) - (rejected - ref_rejected))
      local z = u / 0.05
      return (pg.sigmoid(-z) * pg.softplus(-u) + pg.exp(pg.log_sigmoid(z) - u)):mean()
    end

    """,
  ]

  private static let batch = """
    local function log_probs() return pg.randn(batch) * 4 - 20 end
    local chosen, rejected = log_probs(), log_probs()
    local ref_chosen, ref_rejected = log_probs(), log_probs()
    pg.realize(chosen, rejected, ref_chosen, ref_rejected)

    """

  private static let head = "local pg = require \"perigee\"\n"
  private static let derivative = "pg.value_and_grad(loss, { argnums = { 1, 2 } })"

  private static func made(_ loss: String, batch size: Int, isRecorded: Bool) -> BenchmarkCase {
    let source = head + "local batch = \(size)\n" + batch + (sources[loss] ?? "")
    let recorded = """
      local step = pg.jit(\(derivative))
      return function(count)
        local value, by_chosen, by_rejected
        for _ = 1, count do
          value, by_chosen, by_rejected = step(chosen, rejected, ref_chosen, ref_rejected)
        end
        return value, by_chosen, by_rejected
      end
      """
    let traced = """
      local step = \(derivative)
      return function(count)
        for _ = 1, count do pg.realize(step(chosen, rejected, ref_chosen, ref_rejected)) end
      end
      """
    var made = BenchmarkCase(
      "loss/\(loss)/\(size)/\(isRecorded ? "jit" : "traced")",
      isRecorded ? "loss and gradient through pg.jit" : "the same, Lua run at each call",
      sizes: "[\(size)] four times"
    ) { threads in
      let work = try PreparedWork.script(
        source + (isRecorded ? recorded : traced), threads: threads)
      if loss == "dpo" && isRecorded && size >= 65_536 && threads == 1 {
        work.alternatives = [("C loop", .loop, HandWrittenLoss(size).time)]
      }
      return work
    }
    made.work.bytes = Double(size) * 24
    made.isCounted = size <= 1024 || (size == 65_536 && loss == "dpo")
    made.targets = targets(loss, size, isRecorded)
    return made
  }

  private static func targets(_ loss: String, _ size: Int, _ isRecorded: Bool) -> [Target] {
    if !isRecorded { return [.faster(3, than: .eager)] }
    if size <= 1024 {
      return [
        .faster(4, than: .compiled), .faster(4, than: .eager), .faster(4, than: .handwritten),
      ]
    }
    let compared: [Target] = [.faster(1.25, than: .compiled), .faster(2.5, than: .eager)]
    return compared + (loss == "dpo" ? [.faster(1 / 1.4, than: .loop)] : [])
      + (size > 65_536 ? [.scaling(1.6)] : [])
  }

  /// From the text of a loss to its first value and gradient, in a state that knows nothing of it.
  private static var cold: BenchmarkCase {
    var made = BenchmarkCase(
      "cold/dpo", "Lua source to the first loss and gradient", sizes: "[64] four times"
    ) { threads in
      PreparedWork(
        graph: nil,
        time: { count in
          var total = Elapsed()
          for _ in 0..<count { total = total + (try coldStart(threads)) }
          return total
        })
    }
    made.targets = [.atMost(seconds: 1e-3)]
    made.roundLimit = 3
    made.isCounted = false
    return made
  }

  private static func coldStart(_ threads: Int) throws -> Elapsed {
    let globals = batch.replacing("local ", with: "")
    let fresh = try FreshSession(threads, head + "batch = 64\n" + globals)
    let source =
      head + (sources["dpo"] ?? "")
      + "local step = pg.jit(\(derivative))\n"
      + "return step(chosen, rejected, ref_chosen, ref_rejected)"
    let start = Elapsed.now()
    try fresh.run(source)
    return .now() - start
  }
}

/// The C loop for DPO on numbers of its own.
private final class HandWrittenLoss {
  private var inputs: [[Float]]
  private var gradients: [[Float]]
  private let size: Int

  init(_ size: Int) {
    self.size = size
    inputs = (0..<4).map { side in
      (0..<size).map { Float(($0 &* 2_654_435_761 &+ side * 97) % 1000) * 0.016 - 28 }
    }
    gradients = [[Float](repeating: 0, count: size), [Float](repeating: 0, count: size)]
  }

  func time(_ count: Int) -> Elapsed {
    let start = Elapsed.now()
    for _ in 0..<count {
      var (left, right) = (gradients[0], gradients[1])
      (gradients[0], gradients[1]) = ([], [])
      _ = rl_dpo(
        inputs[0], inputs[1], inputs[2], inputs[3], 0.1, Int64(size), &left, &right)
      gradients = [left, right]
    }
    return .now() - start
  }
}
