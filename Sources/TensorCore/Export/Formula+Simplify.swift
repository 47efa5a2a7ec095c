extension Formula {
  /// Writes what graphs spell out in the way people do: means, reductions that drop their axes,
  /// numbers that broadcast by themselves.
  mutating func simplify() {
    for place in nodes.indices {
      guard case .operation = nodes[place].content else { continue }
      dropExpansions(place)
      dropCast(place)
      mergeReduction(place)
      mergeMean(place)
      mergeSort(place)
    }
  }

  /// Elements taken in their own order are sorted.
  private mutating func mergeSort(_ place: Int) {
    let node = nodes[place]
    guard node.op == "gather_along", nodes[node.inputs[1]].op == "argsort_last",
      nodes[node.inputs[1]].inputs == [node.inputs[0]]
    else { return }
    nodes[place].op = "sort"
    nodes[place].attributes = nodes[node.inputs[1]].attributes
    nodes[place].inputs = [node.inputs[0]]
  }

  private static let reductions: Set = [
    "reduce_sum", "reduce_product", "reduce_maximum", "reduce_minimum",
  ]

  /// A reshape that only drops reduced axes makes the reduction itself drop them: the flag is a
  /// last attribute of 0, where kept axes have 1.
  private mutating func mergeReduction(_ place: Int) {
    let node = nodes[place]
    if Self.reductions.contains(node.op) {
      nodes[place].op = String(node.op.dropFirst("reduce_".count))
      nodes[place].attributes.append(Extent(1))
      return
    }
    guard node.op == "view_reshape", let input = node.inputs.first else { return }
    let source = nodes[input]
    guard ["sum", "product", "maximum", "minimum"].contains(source.op), source.inputs.count == 1,
      source.attributes.last == Extent(1)
    else { return }
    let axes = source.attributes.dropLast().compactMap(\.integer)
    let left = source.dims.indices.filter { !axes.contains($0) }.map { source.dims[$0] }
    guard left == node.dims else { return }
    nodes[place].op = source.op
    nodes[place].attributes = source.attributes.dropLast() + [Extent(0)]
    nodes[place].inputs = source.inputs
  }

  /// A sum over its number of elements is a mean.
  private mutating func mergeMean(_ place: Int) {
    let node = nodes[place]
    guard node.op == "div", case .number(let divisor) = nodes[node.inputs[1]].content else {
      return
    }
    let sum = nodes[node.inputs[0]]
    guard sum.op == "sum", let source = sum.inputs.first, divisor.minimum == nil else { return }
    let axes = sum.attributes.dropLast().compactMap(\.integer)
    let extents = axes.map { nodes[source].dims[$0] }
    let isWhole = Extent.probes.allSatisfy { size in
      extents.reduce(1) { $0 * $1.value(at: size) } == divisor.value(at: size)
    }
    guard isWhole, !axes.isEmpty else { return }
    nodes[place].op = "mean"
    nodes[place].inputs = [source]
    nodes[place].attributes = sum.attributes
  }

  /// A number repeated to the shape of the other operand broadcasts anyway.
  private mutating func dropExpansions(_ place: Int) {
    let node = nodes[place]
    guard node.inputs.count > 1, Catalogue.isElementwise(node.op) else { return }
    for (index, input) in node.inputs.enumerated() where nodes[input].op == "view_expand" {
      guard case .operation = nodes[input].content else { continue }
      let others = node.inputs.indices.filter { $0 != index }.map { nodes[node.inputs[$0]] }
      if others.contains(where: { $0.dims == node.dims && $0.op != "view_expand" }) {
        nodes[place].inputs[index] = nodes[input].inputs[0]
      }
    }
  }

  /// Numbers and parameters take the type of what they meet in every language.
  private mutating func dropCast(_ place: Int) {
    for (index, input) in nodes[place].inputs.enumerated() where nodes[input].op == "cast" {
      guard case .operation = nodes[input].content, let source = nodes[input].inputs.first
      else { continue }
      switch nodes[source].content {
      case .number, .leaf(.parameter): nodes[place].inputs[index] = source
      default: break
      }
    }
  }
}

extension Catalogue {
  /// Whether the primitive called `name` works element by element.
  static func isElementwise(_ name: String) -> Bool {
    guard let op = rows[name], case .map = op.primitive.lowering else { return false }
    return name != "cast"
  }
}
