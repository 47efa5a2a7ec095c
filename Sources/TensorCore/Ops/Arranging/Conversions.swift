/// Changing the type of elements, and tensors made from the shape of another.
enum Conversions {
  static let operations: [Operation] = [to, zerosLike, onesLike, fullLike]

  private static let to = Operation(
    "to", "The same numbers in another type: float32, float64, int64 (truncates) or bool.",
    [.tensor("x"), Parameter("dtype", .text)], domain: .none,
    body: .composite { arguments in
      let name = try arguments.text(1)
      guard let dtype = DType(name: name) else {
        let known = DType.allCases.map(\.name).joined(separator: ", ")
        throw TensorError("to", "there is no type \"\(name)\"; there are \(known)")
      }
      return [try arguments.tensor(0).cast(to: dtype)]
    })

  private static let zerosLike = Operation(
    "zeros_like", "Zeros of the shape and type of x.", [.tensor("x")], domain: .none,
    spelling: .function("zeros_like", of: 1), body: .composite { [try $0.tensor(0).filled(0)] })

  private static let onesLike = Operation(
    "ones_like", "Ones of the shape and type of x.", [.tensor("x")], domain: .none,
    spelling: .function("ones_like", of: 1), body: .composite { [try $0.tensor(0).filled(1)] })

  private static let fullLike = Operation(
    "full_like", "The value in the shape and type of x.",
    [.tensor("x"), .tensor("value")], domain: .none,
    spelling: .function("full_like", of: 2),
    body: .composite { [try $0.tensor(0).adopting($0.scalar(1), $0.tensor(0).shape)] })
}

extension Tensor {
  /// `number` in this tensor's shape and type.
  public func filled(_ number: Double) throws -> Tensor {
    if dtype == .int64 && number != number.rounded() {
      throw TensorError("full_like", "the number \(number) cannot become int64 without loss")
    }
    return try graph.full(shape, number, dtype)
  }
}
