import CKernels

/// The translation of a fused program into the steps of a kernel.
struct FusedKernelBuild {
  let program: FusedProgram
  let blocking: Blocking
  private(set) var steps: [pk_step] = []
  private(set) var layouts: [pk_layout] = []
  private(set) var partials: [pk_partial] = []
  /// Bytes into the scratch memory, -1 for registers that point into buffers.
  private(set) var registerOffsets: [Int64] = []
  /// Bytes from element to element, 0 for registers that every strip of a row uses anew.
  private(set) var registerSteps: [Int32] = []
  private(set) var scratchBytes = 0
  /// Leading steps whose results serve every block of a chunk.
  private(set) var prologueCount = 0

  /// The register of each instruction.
  private var registers: [Int32]
  /// The position at which each instruction's value is read last.
  private var lastUse: [Int]
  /// Whether a value is made and read between two reductions, so that room for a strip is enough.
  private var isLocal: [Bool]
  /// Scratch registers free for reuse, by their bytes and the step from element to element.
  private var idle: [[Int]: [Int32]] = [:]
  private var registerBytes: [Int] = []

  /// - Parameters:
  ///   - program: What the kernel computes.
  ///   - slot: The slot of an entry's buffer.
  ///   - isInPlace: Whether an output overwrites a buffer that the kernel also reads.
  ///   - partialSlots: A slot for the partial results of each terminal.
  init(
    _ program: FusedProgram, slot: (Int) -> Int32, isInPlace: (Int) -> Bool,
    partialSlots: [Int32]
  ) {
    self.program = program
    blocking = Blocking(program)
    registers = .init(repeating: -1, count: program.instructions.steps.count)
    lastUse = .init(repeating: -1, count: registers.count)
    isLocal = .init(repeating: false, count: registers.count)
    layouts = program.loads.map { pk_layout($0.layout) }
    let (order, prologue) = schedule()
    findLastUses(order, prologue)
    var pointed: [Int32: FusedProgram.Output] = [:]
    var stored: [FusedProgram.Output] = []
    for output in program.outputs {
      let index = output.value.index
      if !prologue[Int(index)], canPoint(output), pointed[index] == nil,
        !isInPlace(output.entry) || isReadBefore(output, order, slot)
      {
        pointed[index] = output
      } else {
        stored.append(output)
        lastUse[Int(index)] = order.count
      }
    }
    findLocals(order, prologue)
    for (position, index) in order.enumerated() {
      emit(index, position, slot, pointed[Int32(index)])
      if prologue[index] { prologueCount = steps.count }
    }
    for (terminal, partial) in zip(program.terminals, partialSlots) {
      emit(terminal, partial, slot)
    }
    for output in stored { emit(output, slot) }
  }

  // MARK: Order and lifetimes

  /// The instructions that serve a whole chunk first, then the others, each in written order.
  private func schedule() -> (order: [Int], prologue: [Bool]) {
    let instructions = program.instructions.steps
    var prologue = [Bool](repeating: false, count: instructions.count)
    for (index, step) in instructions.enumerated() {
      switch step.source {
      case .constant, .scalar: prologue[index] = true
      case .load(let load, let isRow): prologue[index] = isInvariant(Int(load), isRow)
      case .reduce, .expand, .map, .cast:
        prologue[index] = Instructions.operands(step.source).allSatisfy { prologue[Int($0)] }
      }
    }
    let indices = instructions.indices
    return (indices.filter { prologue[$0] } + indices.filter { !prologue[$0] }, prologue)
  }

  /// Whether every block of the kernel reads the same elements.
  private func isInvariant(_ load: Int, _ isRow: Bool) -> Bool {
    let layout = program.loads[load].layout
    guard let outer = layout.strides.first else { return true }
    let block = isRow ? blocking.block / max(program.cols, 1) : blocking.block
    let period = layout.dims.dropFirst().reduce(1, *)
    return outer == 0 && period > 0 && block % period == 0
  }

  /// Whether the output can be computed where it belongs, rather than copied there.
  private func canPoint(_ output: FusedProgram.Output) -> Bool {
    let step = program.instructions.steps[Int(output.value.index)]
    switch step.source {
    case .constant, .scalar: return false
    case .load(let load, let isRow): return !isDirect(Int(load)) && isRow == output.isRow
    case .map, .cast, .expand, .reduce: return step.extent == (output.isRow ? .row : .full)
    }
  }

  /// Whether the elements of a load can be read where they lie.
  private func isDirect(_ load: Int) -> Bool {
    let layout = program.loads[load].layout
    return layout.isContiguous && layout.count > 1
  }

  /// Whether an output that overwrites a buffer is computed when nobody reads the old elements
  /// any more, except the instruction that makes it, element by element.
  private func isReadBefore(
    _ output: FusedProgram.Output, _ order: [Int], _ slot: (Int) -> Int32
  ) -> Bool {
    let instructions = program.instructions.steps
    guard case .map = instructions[Int(output.value.index)].source,
      let position = order.firstIndex(of: Int(output.value.index))
    else { return false }
    return instructions.indices.allSatisfy { index in
      guard case .load(let load, _) = instructions[index].source,
        slot(program.loads[Int(load)].layout.base) == slot(output.entry)
      else { return true }
      return lastUse[index] <= position && instructions[index].dtype == output.value.dtype
    }
  }

  private mutating func findLastUses(_ order: [Int], _ prologue: [Bool]) {
    for (position, index) in order.enumerated() {
      for operand in Instructions.operands(program.instructions.steps[index].source) {
        lastUse[Int(operand)] = position
      }
    }
    for index in order where prologue[index] { lastUse[index] = order.count }
    for terminal in program.terminals { lastUse[Int(terminal.value.index)] = order.count }
  }

  private mutating func findLocals(_ order: [Int], _ prologue: [Bool]) {
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

  // MARK: Registers

  private mutating func acquire(_ index: Int) -> Int32 {
    let (dtype, extent) = (
      program.instructions.steps[index].dtype, program.instructions.steps[index].extent
    )
    let rows = blocking.block / max(program.cols, 1)
    let elements =
      extent == .row ? rows : isLocal[index] ? blocking.strip : blocking.block
    let bytes = (elements * dtype.size + 63) / 64 * 64
    let stride = extent == .row || isLocal[index] ? 0 : dtype.size
    if let register = idle[[bytes, stride]]?.popLast() { return register }
    registerOffsets.append(Int64(scratchBytes))
    registerSteps.append(Int32(stride))
    registerBytes.append(bytes)
    scratchBytes += bytes
    return Int32(registerOffsets.count - 1)
  }

  private mutating func pointer(_ dtype: DType, isRow: Bool) -> Int32 {
    registerOffsets.append(-1)
    registerSteps.append(isRow ? 0 : Int32(dtype.size))
    registerBytes.append(0)
    return Int32(registerOffsets.count - 1)
  }

  private mutating func releaseOperands(_ source: Instructions.Source, _ position: Int) {
    for operand in Set(Instructions.operands(source)).sorted()
    where lastUse[Int(operand)] == position {
      let register = registers[Int(operand)]
      let bytes = registerBytes[Int(register)]
      let stride = Int(registerSteps[Int(register)])
      if bytes > 0 { idle[[bytes, stride], default: []].append(register) }
    }
  }

  // MARK: Steps

  private mutating func emit(
    _ index: Int, _ position: Int, _ slot: (Int) -> Int32, _ output: FusedProgram.Output?
  ) {
    let instruction = program.instructions.steps[index]
    let isRow = instruction.extent == .row
    if case .load(let load, _) = instruction.source {
      return emit(load: Int(load), index, isRow, slot, output)
    }
    // A map may write over an operand that is read for the last time.
    let isMap: Bool
    switch instruction.source {
    case .map, .cast: isMap = true
    default: isMap = false
    }
    if isMap { releaseOperands(instruction.source, position) }
    let out: Int32
    if let output {
      out = pointer(instruction.dtype, isRow: output.isRow)
      point(out, at: output, slot)
    } else {
      out = acquire(index)
    }
    if !isMap { releaseOperands(instruction.source, position) }
    registers[index] = out
    steps.append(compute(instruction, out, isRow))
  }

  private mutating func emit(
    load: Int, _ index: Int, _ isRow: Bool, _ slot: (Int) -> Int32,
    _ output: FusedProgram.Output?
  ) {
    let source = program.loads[load]
    let isDirect = isDirect(load)
    let out =
      isDirect || output != nil ? pointer(source.dtype, isRow: isRow) : acquire(index)
    registers[index] = out
    if let output { point(out, at: output, slot) }
    var read = step(
      isDirect ? PK_STEP_POINT : PK_STEP_LOAD, source.dtype, isRow: isRow, out: out,
      slot: slot(source.layout.base))
    read.offset = Int64(source.layout.offset)
    read.arg = Int32(load)
    steps.append(read)
  }

  /// Lets a register be the output's place in its buffer.
  private mutating func point(
    _ register: Int32, at output: FusedProgram.Output, _ slot: (Int) -> Int32
  ) {
    steps.append(
      step(
        PK_STEP_POINT, output.value.dtype, isRow: output.isRow, out: register,
        slot: slot(output.entry)))
  }

  private func compute(
    _ instruction: Instructions.Step, _ out: Int32, _ isRow: Bool
  ) -> pk_step {
    var result = step(PK_STEP_MAP, instruction.dtype, isRow: isRow, out: out)
    switch instruction.source {
    case .constant(let bits):
      result.kind = Int32(PK_STEP_FILL.rawValue)
      result.arg = -1
      result.number = Double(bitPattern: bits)
    case .scalar(let slot):
      result.kind = Int32(PK_STEP_FILL.rawValue)
      result.arg = slot
    case .map(let op, let a, let b, let c):
      let typed = op == Int32(PK_SELECT.rawValue) ? b : a
      let dtype = program.instructions.steps[Int(typed)].dtype
      result.map = pk_map(op, Int32(dtype.rawValue))
      precondition(result.map != nil, "no loop for instruction \(op) on \(dtype.name)")
      result.a = registers[Int(a)]
      if b >= 0 { result.b = registers[Int(b)] }
      if c >= 0 { result.c = registers[Int(c)] }
    case .cast(let from, let operand):
      result.map = pk_cast(Int32(from.rawValue), Int32(instruction.dtype.rawValue))
      result.a = registers[Int(operand)]
    case .expand(let operand):
      result.kind = Int32(PK_STEP_EXPAND.rawValue)
      result.a = registers[Int(operand)]
    case .reduce(let kind, let operand):
      result.kind = Int32(PK_STEP_REDUCE.rawValue)
      result.a = registers[Int(operand)]
      result.reduce = pk_reduce_rows(kind.code, Int32(instruction.dtype.rawValue))
    case .load: preconditionFailure("loads are emitted apart")
    }
    return result
  }

  private mutating func emit(
    _ terminal: FusedProgram.Terminal, _ partialSlot: Int32, _ slot: (Int) -> Int32
  ) {
    let dtype = terminal.value.dtype
    let isColumns = terminal.width > 1
    var result = step(
      isColumns ? PK_STEP_ACCUMULATE : PK_STEP_TOTAL, dtype, isRow: false, out: -1)
    result.a = registers[Int(terminal.value.index)]
    result.arg = Int32(partials.count)
    result.reduce = pk_reduce_rows(terminal.kind.code, Int32(dtype.rawValue))
    result.accumulate = pk_accumulate(terminal.kind.code, Int32(dtype.rawValue))
    steps.append(result)
    partials.append(
      pk_partial(
        op: terminal.kind.code, dtype: Int32(dtype.rawValue), size: Int32(dtype.size),
        out_slot: slot(terminal.entry), partial_slot: partialSlot, out_offset: 0,
        width: Int64(terminal.width)))
  }

  private mutating func emit(_ output: FusedProgram.Output, _ slot: (Int) -> Int32) {
    var store = step(
      PK_STEP_STORE, output.value.dtype, isRow: output.isRow, out: -1, slot: slot(output.entry))
    store.a = registers[Int(output.value.index)]
    steps.append(store)
  }

  private func step(
    _ kind: pk_step_kind, _ dtype: DType, isRow: Bool, out: Int32, slot: Int32 = -1
  ) -> pk_step {
    var step = pk_step()
    step.kind = Int32(kind.rawValue)
    step.is_row = isRow ? 1 : 0
    step.out = out
    step.a = -1
    step.b = -1
    step.c = -1
    step.slot = slot
    step.size = Int32(dtype.size)
    step.dtype = Int32(dtype.rawValue)
    return step
  }
}

extension ReduceKind {
  /// The kernels' name for it.
  var code: Int32 {
    switch self {
    case .sum: Int32(PK_SUM.rawValue)
    case .product: Int32(PK_PROD.rawValue)
    case .maximum: Int32(PK_RMAX.rawValue)
    case .minimum: Int32(PK_RMIN.rawValue)
    }
  }
}

extension pk_layout {
  init(_ layout: Layout) {
    self.init()
    rank = Int32(layout.dims.count)
    withUnsafeMutableBytes(of: &dims) { bytes in
      let extents = bytes.bindMemory(to: Int64.self)
      for (index, extent) in layout.dims.enumerated() { extents[index] = Int64(extent) }
    }
    withUnsafeMutableBytes(of: &strides) { bytes in
      let steps = bytes.bindMemory(to: Int64.self)
      for (index, step) in layout.strides.enumerated() { steps[index] = Int64(step) }
    }
  }
}
