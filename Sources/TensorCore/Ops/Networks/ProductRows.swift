/// Products of vectors and matrices, as scripts call them.
enum ProductRows {
  static let operations: [Operation] = [
    matmul, bmm, mv, dot, outer, linear, addmm, bilinear, einsum, tensordot, kron, cross,
  ]

  private static func pair(
    _ name: String, _ summary: String, latex: String? = nil, torch: String? = nil,
    jax: String? = nil, _ body: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> Operation {
    Operation(
      name, summary, [.tensor("x"), .tensor("y")], domain: .none,
      spelling: .function(name, of: 2, latex: latex, torch: torch, jax: jax),
      body: .composite { [try body($0.tensor(0), $0.tensor(1))] })
  }

  private static let matmul = pair(
    "matmul", "The product of matrices or vectors; leading axes broadcast.",
    latex: "#1 #2", torch: "#1 @ #2", jax: "#1 @ #2"
  ) { try $0.matmul($1) }

  private static let bmm = pair(
    "bmm", "Products of as many matrices: [b, m, k] by [b, k, n].", jax: "#1 @ #2"
  ) { x, y in
    guard x.rank == 3, y.rank == 3, x.shape[0] == y.shape[0] else {
      throw TensorError("bmm", "expected [b, m, k] and [b, k, n], got \(x.shape) and \(y.shape)")
    }
    return try x.matmul(y)
  }

  private static let mv = pair(
    "mv", "The product of a matrix and a vector.", latex: "#1 #2", jax: "#1 @ #2"
  ) { x, y in
    guard x.rank == 2, y.rank == 1 else {
      throw TensorError("mv", "expected a matrix and a vector, got \(x.shape) and \(y.shape)")
    }
    return try x.matmul(y)
  }

  private static let dot = pair(
    "dot", "The inner product of two vectors.", latex: "#1 \\cdot #2"
  ) { x, y in
    guard x.rank == 1, x.shape == y.shape else {
      throw TensorError("dot", "expected vectors of one length, got \(x.shape) and \(y.shape)")
    }
    return try (x * y).sum()
  }

  private static let outer = pair(
    "outer", "All products of the elements of two vectors.", latex: "#1 \\otimes #2"
  ) { x, y in
    guard x.rank == 1, y.rank == 1 else {
      throw TensorError("outer", "expected vectors, got \(x.shape) and \(y.shape)")
    }
    return try x.unsqueeze(1) * y
  }

  private static let bias = Parameter("bias", .tensor, optional: true)

  private static let linear = Operation(
    "linear", "x times the transpose of weight [out, in], plus bias.",
    [.tensor("x"), .tensor("weight"), bias], domain: .none,
    spelling: Spelling(
      latex: "#1 #2^\\top + #3", torch: "torch.nn.functional.linear(#1, #2, #3)",
      jax: "#1 @ #2.T + #3"),
    body: .composite {
      [try $0.tensor(0).linear($0.tensor(1), bias: $0.optionalTensor(2))]
    })

  private static let addmm = Operation(
    "addmm", "beta x + alpha y z, y and z being matrices; both numbers are 1.",
    [
      .tensor("x"), .tensor("y"), .tensor("z"), Parameter("beta", .tensor, optional: true),
      Parameter("alpha", .tensor, optional: true),
    ], domain: .none,
    body: .composite { arguments in
      let product = try arguments.tensor(1).matmul(arguments.tensor(2))
      let scaled = try product * arguments.scalar(4, default: 1)
      return [try arguments.tensor(0) * arguments.scalar(3, default: 1) + scaled]
    })

  private static let bilinear = Operation(
    "bilinear", "x weight[o] y for each output o, plus bias; weight is [out, in x, in y].",
    [.tensor("x"), .tensor("y"), .tensor("weight"), bias], domain: .none,
    body: .composite { arguments in
      let parts = try [arguments.tensor(0), arguments.tensor(2), arguments.tensor(1)]
      let result = try arguments.graph.einsum("...i,oij,...j->...o", parts)
      guard let bias = try arguments.optionalTensor(3) else { return [result] }
      return [try result + bias]
    })

  private static let einsum = Operation(
    "einsum", "A sum of products in Einstein's notation: einsum(\"ij,jk->ik\", {x, y}).",
    [Parameter("equation", .text), Parameter("operands", .tensors)], domain: .none,
    spelling: Spelling(torch: "torch.einsum(#1, #2)", jax: "jnp.einsum(#1, #2)"),
    body: .composite { [try $0.graph.einsum($0.text(0), $0.tensors(1))] })

  private static let tensordot = Operation(
    "tensordot", "The sum of products over the last axes of x and the first of y, 2 by default.",
    [.tensor("x"), .tensor("y"), Parameter("axes", .integer, optional: true)], domain: .none,
    spelling: .function("tensordot", of: 3),
    body: .composite { arguments in
      let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
      let count = try arguments.integer(2, default: 2)
      guard count >= 0, count <= min(x.rank, y.rank),
        x.shape.dims.suffix(count) == y.shape.dims.prefix(count)
      else {
        throw TensorError("tensordot", "\(x.shape) and \(y.shape) share no \(count) axes")
      }
      let (left, right) = (x.shape.dims.dropLast(count), y.shape.dims.dropFirst(count))
      let inner = y.shape.dims.prefix(count).reduce(1, *)
      let flat = try x.reshape(to: [left.reduce(1, *), inner])
      let product = try flat.matmul(y.reshape(to: [inner, right.reduce(1, *)]))
      return [try product.reshape(to: Shape(Array(left) + Array(right)))]
    })

  private static let kron = pair("kron", "The Kronecker product of two matrices.") { x, y in
    guard x.rank == 2, y.rank == 2 else {
      throw TensorError("kron", "expected matrices, got \(x.shape) and \(y.shape)")
    }
    let wide =
      try x.reshape(to: [x.shape[0], 1, x.shape[1], 1])
      * y.reshape(to: [1, y.shape[0], 1, y.shape[1]])
    return try wide.reshape(to: [x.shape[0] * y.shape[0], x.shape[1] * y.shape[1]])
  }

  private static let cross = pair("cross", "The cross product along a last axis of 3.") { x, y in
    guard x.rank > 0, x.shape[x.rank - 1] == 3, y.shape == x.shape else {
      throw TensorError("cross", "expected [..., 3] twice, got \(x.shape) and \(y.shape)")
    }
    let last = x.rank - 1
    let first = try x.rolled(last, -1) * y.rolled(last, -2)
    return try first - x.rolled(last, -2) * y.rolled(last, -1)
  }
}

extension Tensor {
  /// This tensor times the transpose of `weight` [out, in], plus `bias` [out].
  public func linear(_ weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
    guard rank > 0, weight.rank == 2, shape[rank - 1] == weight.shape[1] else {
      throw TensorError(
        "linear", "shape \(shape) does not end in the inputs of the weight \(weight.shape)")
    }
    let result = try matmul(weight, transposeRight: true)
    guard let bias else { return result }
    return try result + bias
  }
}
