import CKernels

/// How the elements of a value lie in the buffer of a base entry: extents and steps, in elements.
struct Layout: Hashable {
  /// The entry whose buffer is read.
  var base: Int
  var offset: Int
  var dims: [Int]
  var strides: [Int]

  /// A contiguous value of its own.
  init(base: Int, shape: Shape) {
    self.base = base
    offset = 0
    dims = shape.dims
    strides = shape.strides
  }

  private init(base: Int, offset: Int, dims: [Int], strides: [Int]) {
    self.base = base
    self.offset = offset
    self.dims = dims
    self.strides = strides
  }

  var count: Int { dims.reduce(1, *) }

  /// Broadcast to a shape, trailing axes aligned.
  func expanded(to target: [Int]) -> Layout {
    var result = self
    let added = target.count - dims.count
    result.dims = target
    result.strides = (0..<target.count).map { axis in
      axis < added || (dims[axis - added] == 1 && target[axis] != 1) ? 0 : strides[axis - added]
    }
    return result
  }

  func permuted(_ order: [Int]) -> Layout {
    Layout(
      base: base, offset: offset, dims: order.map { dims[$0] }, strides: order.map { strides[$0] })
  }

  /// Attributes: start, step and count of each axis.
  func sliced(_ attributes: [Int]) -> Layout {
    var result = self
    for axis in dims.indices {
      result.offset += attributes[axis * 3] * strides[axis]
      result.strides[axis] = strides[axis] * attributes[axis * 3 + 1]
      result.dims[axis] = attributes[axis * 3 + 2]
    }
    return result
  }

  /// The same elements in row-major order under other extents, when strides can say so.
  func reshaped(to target: [Int]) -> Layout? {
    if target.contains(0) {
      return Layout(base: base, offset: offset, dims: target, strides: Shape(target).strides)
    }
    let merged = self.merged
    var steps = [Int](repeating: 0, count: target.count)
    // Walk both from the inside; each merged axis must be a product of target axes.
    var axis = merged.dims.count - 1
    var room = axis >= 0 ? merged.dims[axis] : 1
    var step = axis >= 0 ? merged.strides[axis] : 1
    for place in stride(from: target.count - 1, through: 0, by: -1) {
      if target[place] == 1 { continue }
      if room == 1 {
        axis -= 1
        guard axis >= 0 else { return nil }
        room = merged.dims[axis]
        step = merged.strides[axis]
      }
      guard room % target[place] == 0 else { return nil }
      steps[place] = step
      step *= target[place]
      room /= target[place]
    }
    return Layout(base: base, offset: offset, dims: target, strides: steps)
  }

  /// The same walk with as few axes as possible: none of extent one, none that continues its
  /// neighbour.
  var merged: Layout {
    var newDims: [Int] = []
    var newStrides: [Int] = []
    for (extent, step) in zip(dims, strides) where extent != 1 {
      if let last = newDims.indices.last, newStrides[last] == step * extent {
        newDims[last] *= extent
        newStrides[last] = step
      } else {
        newDims.append(extent)
        newStrides.append(step)
      }
    }
    return Layout(base: base, offset: offset, dims: newDims, strides: newStrides)
  }

  /// Whether the walk reads consecutive elements.
  var isContiguous: Bool {
    let merged = self.merged
    return merged.dims.isEmpty || (merged.dims.count == 1 && merged.strides[0] == 1)
  }

  /// For a walk that reads one element per run: the length of the runs, every element `run`
  /// times in order. Nil for any other walk.
  var runLength: Int? {
    let merged = self.merged
    if merged.dims.count == 2, merged.strides == [1, 0] { return merged.dims[1] }
    if merged.dims.count == 1, merged.strides == [0] { return merged.dims[0] }
    return nil
  }
}
