/// One thing that is measured, by this program and by the peers that know its name.
public struct BenchmarkCase: Sendable {
  /// What peers and `--case` call it, from the general to the particular: `loss/dpo/64/jit`.
  public let name: String
  /// One line for people.
  public let summary: String
  /// Extents of what it works on.
  public let sizes: String
  public var dtype = "float32"
  /// What a call must do at least.
  var work = NecessaryWork()
  var targets: [Target] = []
  /// Whether the counts of a step are kept as golden numbers; the larger of alike cases are not.
  var isCounted = true
  /// Whether the peak memory of processes that do nothing else is measured too.
  var measuresMemory = false
  /// Rounds at most, for what takes seconds.
  var roundLimit = Int.max
  let prepare: @Sendable (_ threads: Int) throws -> PreparedWork

  init(
    _ name: String, _ summary: String, sizes: String,
    prepare: @escaping @Sendable (_ threads: Int) throws -> PreparedWork
  ) {
    self.name = name
    self.summary = summary
    self.sizes = sizes
    self.prepare = prepare
  }
}

/// What any program must do for a call: the limit it is compared with.
public struct NecessaryWork: Sendable {
  /// Floating-point operations of matrix products.
  public var operations = 0.0
  /// Bytes read from and written to memory, each input and result once.
  public var bytes = 0.0
}

/// What a case should reach.
public enum Target: Sendable {
  /// So many times as fast as the fastest of some peers.
  case faster(Double, than: ContenderKind)
  /// So many seconds at most.
  case atMost(seconds: Double)
  /// So large a share of the limit of the machine.
  case share(Double)
  /// So many times as fast on two threads as on one.
  case scaling(Double)
  /// So many times the memory of some peers at most.
  case memory(Double, of: ContenderKind)
}

/// Who is compared.
public enum ContenderKind: String, Sendable, Codable, CaseIterable {
  /// This program.
  case perigee
  /// An interpreter calls one kernel after another.
  case eager
  /// A whole function was compiled.
  case compiled
  /// Written by hand on arrays.
  case handwritten
  /// One C loop, written for the purpose.
  case loop

  /// Those a target against "any peer" means.
  static let peers: [ContenderKind] = [.eager, .compiled, .handwritten]

  /// What tables call it.
  var spelled: String {
    switch self {
    case .perigee: "perigee"
    case .eager: "eager"
    case .compiled: "best compiled"
    case .handwritten: "hand-written"
    case .loop: "C loop"
    }
  }
}
