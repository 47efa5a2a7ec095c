import LuaBindings
import TensorCore

/// What must hold for a loss of any kind: what it depends on, the order of the batch, a row alone,
/// and agreement of single with double precision.
struct LossBehaviour {
  let probe: LossProbe
  let batch: ProbeBatch

  func run(_ report: inout CheckReport) {
    report.run("depends", "on the policy") { try independence() }
    addDependences(&report)
    report.run("order", "the order of the batch changes nothing") { try orderGap() }
    report.run("one row", "a batch of one has a finite loss and gradient") { try singleRow() }
    report.run("micro-batches", "1, 2 and 8 parts give the same loss and gradient") {
      try MicroBatchCheck(probe).gap()
    }
    report.run("precision", "float32 agrees with float64 to 1e-4") { try precisionGap() }
  }

  private var kind: LossContract.Kind { probe.loss.contract.kind }

  /// Paths of the inputs and the size of their derivatives.
  private func slopes() throws -> [(path: String, size: Double)] {
    let gradients = try probe.outcome(batch).gradients
    return zip(batch.fields.filter(\.isInput), gradients).map { field, gradient in
      (field.path, gradient.map { abs($0) }.max() ?? 0)
    }
  }

  private func independence() throws -> String? {
    let policy = try slopes().filter { !$0.path.contains("ref_") }
    return policy.contains { $0.size > 0 }
      ? nil : "no derivative reaches \(policy.map(\.path).joined(separator: ", "))"
  }

  /// What a loss does not look at is worth knowing, and often meant.
  private func addDependences(_ report: inout CheckReport) {
    guard let slopes = try? slopes() else { return }
    let flat = Set(slopes.filter { $0.size == 0 }.map(\.path))
    let references = slopes.map(\.path).filter { $0.hasSuffix("ref_log_prob") }
    if !references.isEmpty, references.allSatisfy(flat.contains) {
      report.add(.note, "depends", "not on the reference policy")
    }
    if kind == .pairwise, flat.contains("rejected.log_prob"), !flat.contains("chosen.log_prob") {
      report.add(.warning, "depends", "not on the rejected completion")
    }
    if kind == .pairwise, flat.contains("chosen.log_prob"), !flat.contains("rejected.log_prob") {
      report.add(.warning, "depends", "not on the chosen completion")
    }
    guard kind == .unpaired, let place = batch.fields.firstIndex(where: { $0.path == "label" }),
      let before = try? probe.values(batch)
    else { return }
    var flipped = batch
    for row in 0..<batch.rows {
      flipped = flipped.changed(place, row, by: 1 - 2 * batch.fields[place].values[row])
    }
    if let after = try? probe.values(flipped), after == before {
      report.add(.warning, "depends", "not on the label")
    }
  }

  /// The sum of the losses and the derivatives of a batch in another order, put back.
  private func orderGap() throws -> String? {
    let order = Array((0..<batch.rows).reversed())
    let (here, there) = (
      try probe.outcome(batch), try probe.outcome(ProbeBatch(rows: order, of: batch))
    )
    let sums = [here, there].map { $0.values.reduce(0, +) }
    guard Self.isClose(sums[0], sums[1], 1e-10) else {
      return "the sum of the losses is \(sums[0]) in one order and \(sums[1]) in another"
    }
    for (field, pair) in zip(
      batch.fields.filter(\.isInput), zip(here.gradients, there.gradients))
    {
      let size = max(1, pair.0.count / batch.rows)
      for place in pair.0.indices {
        let moved = order[place / size] * size + place % size
        guard Self.isClose(pair.0[moved], pair.1[place], 1e-10) else {
          return "the derivative by \(field.path)[\(moved + 1)] is \(pair.0[moved]) in one order "
            + "and \(pair.1[place]) in another"
        }
      }
    }
    return nil
  }

  private func singleRow() throws -> String? {
    let outcome = try probe.outcome(ProbeBatch(row: 0, of: batch))
    let numbers = outcome.values + outcome.gradients.flatMap { $0 }
    return numbers.allSatisfy(\.isFinite)
      ? nil : "the loss of one row is \(outcome.values), its gradient \(outcome.gradients)"
  }

  private func precisionGap() throws -> String? {
    let (wide, narrow) = (try probe.outcome(batch), try probe.outcome(batch, [:], .float32))
    for (what, pairs) in [
      ("the loss", zip(wide.values, narrow.values)),
      ("a derivative", zip(wide.gradients.flatMap { $0 }, narrow.gradients.flatMap { $0 })),
    ] {
      let pairs = Array(pairs)
      let size = pairs.map { abs($0.0) }.max() ?? 0
      for (exact, rounded) in pairs where abs(exact - rounded) > 1e-4 * max(size, 1e-3) {
        return "\(what) is \(exact) in float64 and \(rounded) in float32"
      }
    }
    return nil
  }

  static func isClose(_ one: Double, _ other: Double, _ tolerance: Double) -> Bool {
    one == other || abs(one - other) <= tolerance * max(1, abs(one), abs(other))
  }
}
