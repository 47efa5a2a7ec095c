import TensorCore

/// The gated feed-forward layer of Llama: down(silu(gate x) * up x), `[..., width]` to the same.
public struct GatedFeedForward: Sendable {
  let gate: Linear
  let up: Linear
  let down: Linear

  /// Declares `gate_proj`, `up_proj` and `down_proj` under a name.
  public init(
    _ name: String, width: Int, hidden: Int, initial: InitialValue? = nil,
    finalInitial: InitialValue? = nil, in layout: inout ParameterLayout
  ) throws {
    gate = try Linear(
      "\(name).gate_proj", inputs: width, outputs: hidden, bias: false, initial: initial,
      in: &layout)
    up = try Linear(
      "\(name).up_proj", inputs: width, outputs: hidden, bias: false, initial: initial,
      in: &layout)
    down = try Linear(
      "\(name).down_proj", inputs: hidden, outputs: width, bias: false,
      initial: finalInitial ?? initial, in: &layout)
  }

  /// `[..., width]` to the same.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try down(gate(x, pass).silu() * up(x, pass), pass)
  }
}

/// Two linear layers with an activation between, `[..., width]` to the same.
public struct FeedForward: Sendable {
  let first: Linear
  let second: Linear
  let activation: Activation

  /// Declares `name.first` and `name.second`.
  public init(
    _ name: String, width: Int, hidden: Int, activation: Activation = .gelu,
    in layout: inout ParameterLayout
  ) throws {
    first = try Linear("\(name).first", inputs: width, outputs: hidden, in: &layout)
    second = try Linear("\(name).second", inputs: hidden, outputs: width, in: &layout)
    self.activation = activation
  }

  /// `[..., width]` to the same.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try second(activation(first(x, pass)), pass)
  }
}
