import Ablation
import ArgumentParser
import Foundation
import Notation
import Synchronization
import Trials

/// `perigee ablate FILE`: many paired, seeded trials, and their records.
struct AblateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ablate",
    abstract: "Run an ablation: arms, seeds, tuning, records.",
    discussion: """
      FILE returns pg.ablation { ... }, a task, a function of configuration and seed, or is a
      recipe. Options add to what it says:
        perigee ablate which-loss.lua --workers 2
        perigee ablate my_task.lua --vary beta=0.02,0.1 --vary loss=dpo,ipo --seeds 1..5
        perigee ablate my_task.lua --vary 'beta=log(0.02,0.5,5)' --baseline beta=0.02 --dry-run
      What is recorded is not run again: the same command goes on after Ctrl-C, a crash, or a
      change. Other machines that see the folder of records help with --join FOLDER.
      """)

  @Argument(help: "The ablation; with --join, the folder of its records.")
  var file: String

  @Option(help: "What varies, as name=value,value or name=log(low,high,count).")
  var vary: [String] = []

  @Option(help: "A value that all arms share, as name=value.")
  var set: [String] = []

  @Option(help: "Seeds: a number of them, first..last, or a list.")
  var seeds: String?

  @Option(help: "The arm to compare with, as name=value.")
  var baseline: [String] = []

  @Option(help: "What is compared.")
  var metric: String?

  @Option(help: "Settings tried for each arm, where something is tuned.")
  var budget: Int?

  @Option(help: "Name of the folder of records (default: that of the file).")
  var name: String?

  @Option(help: "Worker processes (default: the cores of this machine).")
  var workers: Int?

  @Option(help: "Give a trial up after so many seconds.")
  var limitSeconds: Double?

  @Option(
    help: "Give it up when it needs more memory: bytes, or 512K, 64M, 2G.",
    transform: LimitOptions.bytes)
  var limitMemory: Int?

  @Flag(help: "Show the plan and stop.")
  var dryRun = false

  @Flag(help: "End everything with the first trial that fails.")
  var failFast = false

  @Flag(help: "Go on even if the very first trial fails.")
  var keepGoing = false

  @Flag(help: "Run trials again that failed earlier.")
  var retryFailed = false

  @Flag(help: "Help with an ablation that runs elsewhere.")
  var join = false

  @Option(help: "Seconds after which a machine that gives no sign has lost its trials.")
  var lease = 30.0

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if failFast && keepGoing {
      throw ValidationError("--fail-fast and --keep-going exclude each other")
    }
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers must be 1 or more, at most 1024; got \(workers)")
    }
    if let limitSeconds, !(limitSeconds > 0) {
      throw ValidationError("--limit-seconds must be above 0; got \(limitSeconds)")
    }
    guard lease >= 0.5, lease <= 86_400 else {
      throw ValidationError("--lease must be between 0.5 and 86400 seconds; got \(lease)")
    }
  }

  func run() throws {
    if join { return try help() }
    let runner = try ScriptTools.open(RunSettings())
    InterruptSignal.watch(runner.session.lua.control)
    guard case .path(let path) = try ScriptFile(file, library: runner.catalogue.library) else {
      throw UsageError("ablate needs a file; workers read it too")
    }
    let plan = try AblationFile.plan(path, changes, runner)
    StopSignal.watch()
    let session = AblationSession(plan, options)
    let outcome: AblationSession.Outcome
    do {
      outcome = try session.run()
    } catch is AblationParked {
      Terminal.errors.writeLine("parked: what is finished is recorded; the same command goes on")
      throw ReportedFailure(status: .interrupted)
    }
    guard !dryRun else { return }
    for line in [""] + outcome.table { print(line) }
    let name = outcome.folder.lastPathComponent
    print(
      "\n\(outcome.ran) trials run; records in \(outcome.folder.path); "
        + "statistics: perigee report \(name)")
  }

  private var changes: AblationChanges {
    var changes = AblationChanges()
    (changes.vary, changes.fix, changes.seeds) = (vary, set, seeds)
    (changes.baseline, changes.metric, changes.budget) = (baseline, metric, budget)
    (changes.seconds, changes.memory, changes.name) = (limitSeconds, limitMemory, name)
    return changes
  }

  private var options: AblationSession.Options {
    var options = AblationSession.Options()
    options.workers = workers ?? options.workers
    (options.isDryRun, options.failsFast, options.keepsGoing) = (dryRun, failFast, keepGoing)
    (options.retriesFailed, options.lease) = (retryFailed, lease)
    options.style = ProgressLine.style(isQuiet: quiet)
    options.command = "perigee " + CommandLine.arguments.dropFirst().joined(separator: " ")
    options.isStopped = { StopSignal.isSet }
    options.say = { Terminal.output.writeLine($0) }
    return options
  }

  private func help() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw UsageError("--join: there is no folder \(file)") }
    StopSignal.watch()
    var options = JoinedWork.Options()
    options.workers = workers ?? options.workers
    options.isStopped = { StopSignal.isSet }
    options.say = { Terminal.errors.writeLine($0) }
    let total = try JoinedWork(URL(fileURLWithPath: file), options).run()
    print("\(total) trials done here")
  }
}

/// Ctrl-C and SIGTERM where work must be put away first: the first asks, the second ends.
enum StopSignal {
  private static let presses = Atomic<Int>(0)

  /// Whether somebody asked to stop.
  static var isSet: Bool { presses.load(ordering: .relaxed) > 0 }

  /// Starts to watch.
  static func watch() {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGUSR1] {
      // The handler takes no lock and allocates nothing.
      signal(number) { _ in
        if StopSignal.presses.add(1, ordering: .relaxed).oldValue > 0 {
          _exit(ExitStatus.interrupted.rawValue)
        }
      }
      sigaddset(&set, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}
