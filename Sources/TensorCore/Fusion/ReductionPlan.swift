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

  mutating func placeReduction(_ index: Int) {
    let plan = reductionPlan(index)
    let depends = dependencies([plan.input])
    let role: Role = plan.direction == .along ? .row : .terminal
    let own = self.role(reading: plan.input).flatMap { $0.role == .full ? Int($0.group) : nil }
    let reader = own == nil ? groupReading(plan.input) : nil
    if let group = own ?? reader, fits(plan, group), !wouldCycle(group, depends) {
      if plan.cols > 0 { groups[group].cols = plan.cols }
      return add(index, to: group, depends, role)
    }
    open(
      index, [plan.input], count: plan.input.count, cols: plan.cols, role: role, isFused: true)
  }

  private func fits(_ plan: ReductionPlan, _ index: Int) -> Bool {
    let group = groups[index]
    let agrees = plan.cols == 0 || group.cols == 0 || group.cols == plan.cols
    return agrees && group.count == plan.input.count && plan.cols <= Grouping.longestRow
  }

  /// The latest kernel that reads all of a buffer anyway, element by element.
  private func groupReading(_ input: Layout) -> Int? {
    guard isWhole(input) else { return nil }
    return groups.indices.last { index in
      let group = groups[index]
      return group.isFused && group.count == input.count
        && group.members.count < Grouping.largestGroup
        && group.members.contains { member in
          places[member].role == .full
            && inputs(of: member).contains { $0.base == input.base && isWhole($0) }
        }
    }
  }
}
