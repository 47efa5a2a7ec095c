import CKernels
import COpenBLAS

/// What computes on this machine, as far as it bears on the bits of the results.
public struct EngineDescription: Sendable, Equatable {
  /// The variant of the kernels that this processor runs: `portable`, `avx2+fma`, `avx512`.
  public let kernels: String
  /// OpenBLAS: version, how it was built, and the processor it takes this one for.
  public let products: String
  /// Whether several threads may ask OpenBLAS for products at once; a serial build is wrong then.
  public let hasThreadedProducts: Bool

  /// Describes this machine.
  public static func current() -> EngineDescription {
    let variant = pk_variant_name(pk_variant_chosen()).map { String(cString: $0) } ?? "unknown"
    let configuration = openblas_get_config().map { String(cString: $0) } ?? "unknown"
    return EngineDescription(
      kernels: variant,
      products: configuration.split(separator: " ").joined(separator: " "),
      hasThreadedProducts: openblas_get_parallel() != 0)
  }
}
