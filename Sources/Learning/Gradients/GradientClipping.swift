import TensorCore

/// Limits on the size of a step's gradient.
public enum GradientClipping {
  /// Scales a gradient down to a global norm, as PyTorch's `clip_grad_norm_` does: by
  /// min(1, limit / (norm + 1e-6)).
  ///
  /// - Parameters:
  ///   - gradient: all derivatives as one flat vector.
  ///   - limit: the largest norm, a 0-d tensor or hyperparameter.
  /// - Returns: the clipped vector, and the norm before clipping (0-d).
  /// - Throws: `TensorError` where shapes or types do not fit.
  public static func clip(
    _ gradient: Tensor, toNorm limit: Tensor
  ) throws -> (gradient: Tensor, norm: Tensor) {
    let norm = try GradientClipping.norm(gradient)
    let factor = try (limit / (norm + 1e-6)).minimum(norm.like(1))
    return (try gradient * factor, norm)
  }

  /// The Euclidean length of a vector (0-d).
  public static func norm(_ gradient: Tensor) throws -> Tensor {
    try (gradient * gradient).sum().sqrt()
  }
}
