// How reductions are computed: along rows, down columns, or over everything.
extension Grouping {
  enum Direction { case along, down, total }

  struct ReductionPlan {
    /// The input, kept axes first and reduced axes last (`along`), or as it is.
    let input: Layout
    let direction: Direction
    /// Elements of a row: reduced ones for `along`, kept ones for `down`.
    let cols: Int
  }

  func reductionPlan(_ index: Int) -> ReductionPlan {
    let input = layouts[entries[index].input(0)]
    let reduced = Set(attributes(index))
    let axes = input.dims.indices.filter { input.dims[$0] != 1 }
    let inner = axes.filter { reduced.contains($0) }
    let outer = axes.filter { !reduced.contains($0) }
    let length = inner.reduce(1) { $0 * input.dims[$1] }
    let kept = outer.reduce(1) { $0 * input.dims[$1] }
    if outer.isEmpty && length > Grouping.longestTotalRow {
      return ReductionPlan(input: input, direction: .total, cols: 0)
    }
    if axes == outer + inner {
      return ReductionPlan(input: input, direction: .along, cols: length)
    }
    if axes == inner + outer && kept <= Grouping.longestRow && kept > 1 {
      return ReductionPlan(input: input, direction: .down, cols: kept)
    }
    return ReductionPlan(
      input: input.permuted(outer + inner), direction: .along, cols: length)
  }
}
