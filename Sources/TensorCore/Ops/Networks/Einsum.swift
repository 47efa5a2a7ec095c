/// Sums of products in Einstein's notation, by products of matrices.
struct Einsum {
  /// The axes of each operand and of the result, as letters.
  let inputs: [[Character]]
  let output: [Character]
  private let equation: String

  /// A tensor whose axes have names.
  private struct Term {
    var tensor: Tensor
    var axes: [Character]
  }

  /// Reads an equation; `...` stands for the leading axes the letters leave over.
  init(_ equation: String, _ operands: [Tensor]) throws {
    self.equation = equation
    let sides = equation.filter { $0 != " " }.components(around: "->")
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count <= 2, terms.count == operands.count else {
      throw TensorError(
        "einsum", "\"\(equation)\" names \(terms.count) operands, got \(operands.count)")
    }
    let ranks = operands.map(\.rank)
    var spare = 0
    let parsed = try zip(terms, ranks).map { term, rank in
      let letters = term.filter(\.isLetter).count
      let isOpen = term.contains("...")
      guard letters == rank || (isOpen && letters <= rank) else {
        throw TensorError("einsum", "\"\(term)\" does not name the \(rank) axes of an operand")
      }
      spare = max(spare, rank - letters)
      return Einsum.letters(String(term), spare: rank - letters)
    }
    inputs = parsed
    if sides.count == 2 {
      output = Einsum.letters(sides[1], spare: spare)
    } else {
      let all = parsed.flatMap { $0 }
      let single = Set(all.filter { $0.isLetter }).sorted().filter { letter in
        all.filter { $0 == letter }.count == 1
      }
      output = Einsum.letters("...", spare: spare) + single
    }
    guard Set(output).count == output.count, Set(output).isSubset(of: Set(parsed.flatMap { $0 }))
    else { throw TensorError("einsum", "\"\(equation)\" has no such result") }
  }

  /// The letters of a term; the axes behind `...` are numbered from the last one.
  private static func letters(_ term: String, spare: Int) -> [Character] {
    let parts = term.components(around: "...")
    guard parts.count == 2 else { return Array(term) }
    let open = (0..<spare).reversed().map { Character("\($0)") }
    return Array(parts[0]) + open + Array(parts[1])
  }

  func evaluate(_ operands: [Tensor]) throws -> Tensor {
    try checkExtents(operands)
    var terms = try zip(operands, inputs).map { try diagonal(Term(tensor: $0, axes: $1)) }
    while terms.count > 1 {
      let (left, right) = (terms.removeFirst(), terms.removeFirst())
      let needed = Set(output + terms.flatMap(\.axes))
      terms.insert(try multiply(left, right, keeping: needed), at: 0)
    }
    let last = try sum(terms[0], keeping: Set(output))
    return try last.tensor.permute(output.map { place(of: $0, in: last) })
  }

  private func checkExtents(_ operands: [Tensor]) throws {
    var extents: [Character: Int] = [:]
    for (operand, axes) in zip(operands, inputs) {
      for (extent, axis) in zip(operand.shape.dims, axes) {
        if let known = extents[axis], known != extent {
          let shapes = operands.map(\.shape.description).joined(separator: " and ")
          throw TensorError(
            "einsum", "axis \(axis) of \"\(equation)\" is \(known) and \(extent) in \(shapes)")
        }
        extents[axis] = extent
      }
    }
  }

  /// One axis for each letter: a repeated letter means the diagonal.
  private func diagonal(_ term: Term) throws -> Term {
    var term = term
    while let second = term.axes.indices.first(where: {
      term.axes[..<$0].contains(term.axes[$0])
    }), let first = term.axes.firstIndex(of: term.axes[second]) {
      let letter = term.axes[second]
      term.tensor = try term.tensor.diagonal(0, first, second)
      term.axes = term.axes.indices.filter { $0 != first && $0 != second }.map { term.axes[$0] }
      term.axes.append(letter)
    }
    return term
  }

  /// Sums over the axes that nothing needs any more.
  private func sum(_ term: Term, keeping needed: Set<Character>) throws -> Term {
    let gone = term.axes.indices.filter { !needed.contains(term.axes[$0]) }
    if gone.isEmpty { return term }
    return Term(tensor: try term.tensor.sum(gone), axes: term.axes.filter(needed.contains))
  }

  private func multiply(
    _ first: Term, _ second: Term, keeping needed: Set<Character>
  ) throws -> Term {
    let left = try sum(first, keeping: needed.union(second.axes))
    let right = try sum(second, keeping: needed.union(first.axes))
    let shared = left.axes.filter(right.axes.contains)
    let batch = shared.filter(needed.contains)
    let inner = shared.filter { !needed.contains($0) }
    let rows = left.axes.filter { !right.axes.contains($0) }
    let columns = right.axes.filter { !left.axes.contains($0) }
    guard !inner.isEmpty, !rows.isEmpty, !columns.isEmpty else {
      let axes = batch + rows + columns + inner
      let product = try aligned(left, axes) * aligned(right, axes)
      return try sum(Term(tensor: product, axes: axes), keeping: needed)
    }
    func extents(_ axes: [Character], _ term: Term) -> [Int] {
      axes.map { term.tensor.shape[place(of: $0, in: term)] }
    }
    let (b, m, n) = (extents(batch, left), extents(rows, left), extents(columns, right))
    let k = extents(inner, left).reduce(1, *)
    let count = b.reduce(1, *)
    let x = try left.tensor.permute((batch + rows + inner).map { place(of: $0, in: left) })
      .reshape(to: Shape([count, m.reduce(1, *), k]))
    let y = try right.tensor.permute((batch + inner + columns).map { place(of: $0, in: right) })
      .reshape(to: Shape([count, k, n.reduce(1, *)]))
    return Term(tensor: try x.matmul(y).reshape(to: Shape(b + m + n)), axes: batch + rows + columns)
  }

  /// The term with these axes in this order, extent one where it lacks one.
  private func aligned(_ term: Term, _ axes: [Character]) throws -> Tensor {
    let present = axes.filter(term.axes.contains)
    let ordered = try term.tensor.permute(present.map { place(of: $0, in: term) })
    let dims = axes.map { axis in
      term.axes.contains(axis) ? term.tensor.shape[place(of: axis, in: term)] : 1
    }
    return try ordered.reshape(to: Shape(dims))
  }

  private func place(of axis: Character, in term: Term) -> Int {
    term.axes.firstIndex(of: axis) ?? 0
  }
}

extension Graph {
  /// The sum of products that `equation` describes, such as "bij,bjk->bik".
  public func einsum(_ equation: String, _ operands: [Tensor]) throws -> Tensor {
    try Einsum(equation, operands).evaluate(operands)
  }
}

extension String {
  /// The parts between occurrences of a mark.
  fileprivate func components(around mark: String) -> [String] {
    split(separator: mark, omittingEmptySubsequences: false).map(String.init)
  }
}
