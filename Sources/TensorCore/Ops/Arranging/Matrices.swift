/// Diagonals and triangles of the last two axes.
enum Matrices {
  static let operations: [Operation] = [tril, triu, diagonal, diag, diagEmbed, trace]

  private static let offset = Parameter("offset", .integer, optional: true)

  private static let tril = Operation(
    "tril", "The elements on and below a diagonal, 0 elsewhere.", [.tensor("x"), offset],
    domain: .none, spelling: .function("tril", of: 2),
    body: .composite { [try $0.tensor(0).triangle($0.integer(1, default: 0), lower: true)] })

  private static let triu = Operation(
    "triu", "The elements on and above a diagonal, 0 elsewhere.", [.tensor("x"), offset],
    domain: .none, spelling: .function("triu", of: 2),
    body: .composite { [try $0.tensor(0).triangle($0.integer(1, default: 0), lower: false)] })

  private static let diagonal = Operation(
    "diagonal", "A diagonal of two axes, the first two by default, as a new last axis.",
    [
      .tensor("x"), offset, Parameter("first", .axis, optional: true),
      Parameter("second", .axis, optional: true),
    ], domain: .none, spelling: .function("diagonal", of: 2),
    body: .composite { arguments in
      let (first, second) = try (
        arguments.integer(2, default: 0), arguments.integer(3, default: 1)
      )
      return [
        try arguments.tensor(0).diagonal(arguments.integer(1, default: 0), first, second)
      ]
    })

  private static let diag = Operation(
    "diag", "The matrix with a vector on a diagonal, or the diagonal of a matrix.",
    [.tensor("x"), offset], domain: .none, spelling: .function("diag", of: 2),
    body: .composite { arguments in
      let (x, offset) = try (arguments.tensor(0), arguments.integer(1, default: 0))
      guard x.rank == 1 || x.rank == 2 else {
        throw TensorError("diag", "expected a vector or a matrix, got shape \(x.shape)")
      }
      return [x.rank == 1 ? try x.onDiagonal(offset) : try x.diagonal(offset)]
    })

  private static let diagEmbed = Operation(
    "diag_embed", "Matrices with the last axis of x on a diagonal.", [.tensor("x"), offset],
    domain: .none, spelling: .function("diag_embed", of: 2),
    body: .composite { [try $0.tensor(0).onDiagonal($0.integer(1, default: 0))] })

  private static let trace = Operation(
    "trace", "The sum of the diagonal of a matrix.", [.tensor("x")], domain: .none,
    spelling: .function("trace", of: 1),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      guard x.rank == 2 else {
        throw TensorError("trace", "expected a matrix, got shape \(x.shape)")
      }
      return [try x.diagonal().sum()]
    })
}

extension Graph {
  /// Which elements of a [rows, columns] matrix lie on or below a diagonal.
  public func lowerTriangle(_ rows: Int, _ columns: Int, offset: Int = 0) throws -> Tensor {
    let row = try iota(rows).unsqueeze(1) + Double(offset)
    return try iota(columns).le(row)
  }
}

extension Tensor {
  /// The elements of the last two axes on and below (or above) a diagonal, 0 elsewhere.
  func triangle(_ offset: Int, lower: Bool) throws -> Tensor {
    guard rank >= 2 else {
      throw TensorError(lower ? "tril" : "triu", "expected a matrix, got shape \(shape)")
    }
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    if lower {
      return try graph.lowerTriangle(rows, columns, offset: offset).where(self, else: like(0))
    }
    return try graph.lowerTriangle(rows, columns, offset: offset - 1).where(like(0), else: self)
  }

  /// A diagonal of two 0-based axes as a new last axis.
  func diagonal(_ offset: Int = 0, _ first: Int = 0, _ second: Int = 1) throws -> Tensor {
    let (one, two) = try (axis(first, "diagonal"), axis(second, "diagonal"))
    guard one != two else { throw TensorError("diagonal", "axis \(one + 1) is named twice") }
    let rest = (0..<rank).filter { $0 != one && $0 != two }
    let (rows, columns) = (shape[one], shape[two])
    let count = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    let flat = try permute(rest + [one, two])
      .reshape(to: Shape(rest.map { shape[$0] } + [rows * columns]))
    let start = offset >= 0 ? offset : -offset * columns
    return try flat.slice(
      rest.count, start: count == 0 ? 0 : start, count: count, step: columns + 1)
  }

  /// Matrices with the last axis on a diagonal, zeros elsewhere.
  func onDiagonal(_ offset: Int) throws -> Tensor {
    guard rank >= 1 else { throw TensorError("diag_embed", "a single number has no axis") }
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    before[rank - 1] = max(0, -offset)
    after[rank - 1] = max(0, offset)
    let column = offset == 0 ? self : try pad(before: before, after: after)
    let extent = column.shape[rank - 1]
    let row = try graph.iota(extent).unsqueeze(1) + Double(offset)
    return try graph.iota(extent).eq(row).where(column.unsqueeze(rank), else: like(0))
  }
}
