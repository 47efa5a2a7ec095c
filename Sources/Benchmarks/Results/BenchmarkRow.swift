/// What one contender took for one case: a line of the results.
struct BenchmarkRow: Sendable, Codable {
  var `case`: String
  var contender: String
  var kind: ContenderKind
  var sizes: String
  var dtype: String
  var threads: Int
  /// Seconds a call, over the rounds.
  var median = 0.0
  var least = 0.0
  /// The distance of the quartiles.
  var spread = 0.0
  var rounds = 0
  /// Calls in each round.
  var calls = 0
  /// Seconds that the machine needs at least, and for what.
  var limit: Double?
  var limitedBy: String?

  init(_ benchmark: BenchmarkCase, _ contender: WorkerAnswer.Contender, threads: Int) {
    self.case = benchmark.name
    self.contender = contender.name
    kind = contender.kind
    sizes = benchmark.sizes
    dtype = benchmark.dtype
    self.threads = threads
  }
}

/// Peak memory of a process that does one case.
struct MemoryRow: Sendable, Codable {
  var `case`: String
  var contender: String
  var kind: ContenderKind
  var threads: Int
  /// Resident bytes of the whole process at most.
  var peakBytes: Int
  /// Of these, what came after its libraries were loaded.
  var addedBytes: Int
}

/// Results of cases.
public struct BenchmarkResults: Sendable {
  var limits: [MachineLimits] = []
  var rows: [BenchmarkRow] = []
  var memory: [MemoryRow] = []
  var verdicts: [Verdict] = []

  /// No results.
  public init() {}

  /// The row of this program.
  func own(_ name: String, threads: Int) -> BenchmarkRow? {
    rows.first { $0.case == name && $0.threads == threads && $0.kind == .perigee }
  }

  /// The fastest row of a kind.
  func best(_ name: String, _ kind: ContenderKind, threads: Int) -> BenchmarkRow? {
    rows.filter { $0.case == name && $0.threads == threads && $0.kind == kind }
      .min { $0.median < $1.median }
  }
}
