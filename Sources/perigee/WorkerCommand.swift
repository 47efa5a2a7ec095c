import Ablation
import ArgumentParser
import Discovery
import Foundation
import LuaRuntime
import Workers

/// `perigee worker`: evaluates candidate code for another process; or tries one file, and measures.
struct WorkerVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Evaluate candidate losses in a confined process.",
    usage:
      "perigee worker [--memory BYTES] | perigee worker --try FILE | perigee worker --measure N",
    discussion: """
      Without options it serves requests on its pipes, as discovery starts it; with --trials, as
      ablations do. --try looks at one file as discovery would and prints the answer or the reason
      why there is none.
      """)

  @Option(help: "Bytes of memory beyond what the program needs (default of candidates: 1 GiB).")
  var memory: Int?

  @Flag(help: "Without limits and system-call filter, for code that is trusted.")
  var unconfined = false

  @Flag(help: "Run trials of trusted code, as ablations ask for them.")
  var trials = false

  @Option(name: .customLong("try"), help: "A Lua file that declares a loss.")
  var file: String?

  @Option(help: "Evaluate a trivial loss so often and print evaluations a second.")
  var measure: Int?

  @Option(help: "Worker processes of --measure (default: the cores of this machine).")
  var workers: Int?

  func validate() throws {
    if let memory, memory < 1 << 20 {
      throw ValidationError("--memory must be 1048576 or more; got \(memory)")
    }
    guard file == nil || measure == nil else {
      throw ValidationError("--try and --measure exclude each other")
    }
  }

  private var settings: Worker.Settings {
    Worker.Settings(memory: memory ?? 1 << 30, isConfined: !unconfined)
  }

  func run() throws {
    if let file {
      try tryFile(file)
    } else if let measure {
      try measureRate(measure)
    } else if trials {
      try TrialWorker.serve(memory: memory, open: ScriptTools.open)
    } else {
      try Worker.serve(settings, kinds: DiscoveryKinds.all)
    }
  }

  private func tryFile(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageError("\(path): cannot be read")
    }
    let pool = try WorkerPool(WorkerPool.Settings(workers: 1, confinement: settings))
    let margins = [-4.0, -1, 0, 1, 4]
    let probe = LossProbe(
      source: String(decoding: data, as: UTF8.self),
      batches: [.pairs(margins, margins.map { _ in 0 })])
    let found = try pool.evaluate(probe).get()
    let batch = found.answer.batches[0]
    let slopes = batch.gradients["chosen.log_prob"] ?? []
    var table = TextTable(header: ["margin", "loss", "slope"])
    for (place, loss) in batch.losses.enumerated() where place < slopes.count {
      table.rows.append([margins[place].description, loss.description, slopes[place].description])
    }
    for line in table.lines(columns: nil) { print(line) }
    print(
      "\(found.answer.nodeCount) nodes, \(found.use.instructions) instructions, "
        + "\(found.use.work) operations on elements, \(found.use.peakBytes >> 10) KiB at most")
  }

  private func measureRate(_ count: Int) throws {
    let lanes = workers ?? ProcessInfo.processInfo.activeProcessorCount
    let pool = try WorkerPool(WorkerPool.Settings(workers: lanes, confinement: settings))
    let trivial = ScriptEvaluation(source: "return 1")
    let probe = LossProbe(source: LossProbe.example, batches: [.pairs([0.5, -1], [0.25, 0])])
    // Starting is not measured.
    _ = pool.evaluate(all: Array(repeating: trivial, count: 2 * lanes))
    let rates = [
      ("return 1", try rate(pool, trivial, count)),
      ("loss and gradient", try rate(pool, probe, count)),
    ]
    for (name, rate) in rates {
      print("\(name): \(Int(rate)) evaluations a second, \(lanes) workers")
    }
  }

  private func rate(_ pool: WorkerPool, _ evaluation: some Evaluation, _ count: Int) throws
    -> Double
  {
    let start = ContinuousClock.now
    for outcome in pool.evaluate(all: Array(repeating: evaluation, count: count)) {
      _ = try outcome.get()
    }
    let (seconds, attoseconds) = start.duration(to: .now).components
    return Double(count) / (Double(seconds) + Double(attoseconds) * 1e-18)
  }
}
