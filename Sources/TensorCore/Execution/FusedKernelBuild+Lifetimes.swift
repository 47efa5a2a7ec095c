// When the instructions of a fused kernel run, and how long their values are needed.
extension FusedKernelBuild {
  /// The instructions that serve a whole chunk first, then the others, each in written order.
  func schedule() -> (order: [Int], prologue: [Bool]) {
    let instructions = program.instructions.steps
    var prologue = [Bool](repeating: false, count: instructions.count)
    for (index, step) in instructions.enumerated() {
      switch step.source {
      case .constant, .scalar: prologue[index] = true
      case .load(let load, let isRow): prologue[index] = isInvariant(Int(load), isRow)
      case .reduce, .expand, .map, .cast, .chain:
        prologue[index] = Instructions.operands(step.source).allSatisfy { prologue[Int($0)] }
      }
    }
    let indices = instructions.indices
    return (indices.filter { prologue[$0] } + indices.filter { !prologue[$0] }, prologue)
  }

  /// Whether every block of the kernel reads the same elements.
  func isInvariant(_ load: Int, _ isRow: Bool) -> Bool {
    let layout = program.loads[load].layout
    guard let outer = layout.strides.first else { return true }
    let block = isRow ? blocking.block / max(program.cols, 1) : blocking.block
    let period = layout.dims.dropFirst().reduce(1, *)
    return outer == 0 && period > 0 && block % period == 0
  }

  /// Whether the output can be computed where it belongs, rather than copied there.
  func canPoint(_ output: FusedProgram.Output) -> Bool {
    let step = program.instructions.steps[Int(output.value.index)]
    switch step.source {
    case .constant, .scalar: return false
    case .load(let load, let isRow): return !isDirect(Int(load)) && isRow == output.isRow
    case .map, .cast, .chain, .expand, .reduce: return step.extent == (output.isRow ? .row : .full)
    }
  }

  /// Whether the elements of a load can be read where they lie.
  func isDirect(_ load: Int) -> Bool {
    let layout = program.loads[load].layout
    return layout.isContiguous && layout.count > 1
  }

  /// Whether an output that overwrites a buffer is computed when nobody reads the old elements
  /// any more, except the instruction that makes it, element by element.
  func isReadBefore(
    _ output: FusedProgram.Output, _ order: [Int], _ slot: (Int) -> Int32
  ) -> Bool {
    let instructions = program.instructions.steps
    guard let position = order.firstIndex(of: Int(output.value.index)) else { return false }
    switch instructions[Int(output.value.index)].source {
    case .map, .chain: break
    default: return false
    }
    return instructions.indices.allSatisfy { index in
      guard case .load(let load, _) = instructions[index].source,
        slot(program.loads[Int(load)].layout.base) == slot(output.entry)
      else { return true }
      return lastUse[index] <= position && instructions[index].dtype == output.value.dtype
    }
  }

  mutating func findLastUses(_ order: [Int], _ prologue: [Bool]) {
    for (position, index) in order.enumerated() {
      for operand in Instructions.operands(program.instructions.steps[index].source) {
        lastUse[Int(operand)] = position
      }
    }
    for index in order where prologue[index] { lastUse[index] = order.count }
    for terminal in program.terminals { lastUse[Int(terminal.value.index)] = order.count }
  }

  mutating func findLocals(_ order: [Int], _ prologue: [Bool]) {
    var run = 0
    var runs: [Int] = []
    for index in order {
      let step = program.instructions.steps[index]
      var isElementwise = step.extent == .full
      if case .reduce = step.source { isElementwise = false }
      if !isElementwise { run += 1 }
      runs.append(run)
      if !isElementwise { run += 1 }
    }
    for (position, index) in order.enumerated() {
      let last = lastUse[index]
      isLocal[index] =
        switch program.instructions.steps[index].extent {
        case .uniform: true
        case .row: false
        case .full:
          !prologue[index] && last >= 0 && last < order.count && runs[last] == runs[position]
        }
    }
    // Reductions read whole rows, of a number too.
    for step in program.instructions.steps {
      if case .reduce(_, let operand) = step.source { isLocal[Int(operand)] = false }
    }
    for terminal in program.terminals { isLocal[Int(terminal.value.index)] = false }
  }

  mutating func findNumbers() {
    let steps = program.instructions.steps
    for (index, step) in steps.enumerated() {
      switch step.source {
      case .constant, .scalar: isNumber[index] = step.dtype == .float32
      default: break
      }
    }
    for step in steps {
      if case .chain = step.source { continue }
      for operand in Instructions.operands(step.source) { isNumber[Int(operand)] = false }
    }
    let roots = program.outputs.map(\.value) + program.terminals.map(\.value)
    for root in roots { isNumber[Int(root.index)] = false }
  }
}
