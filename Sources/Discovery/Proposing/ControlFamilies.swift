import Foundation
import Notation
import TensorCore

/// The losses that anyone would try: what discovery has to beat with as many trials.
public enum ControlFamilies {
  /// A loss of a family with its parameters drawn.
  public struct Draw: Sendable {
    /// `cdpo, label_smoothing 0.13`.
    public var name: String
    public var expression: LossExpression
  }

  private static let margin = LossExpression.input(.margin)

  private static func apply(
    _ operation: ExpressionOperator, _ operands: LossExpression...
  ) -> LossExpression { .operation(operation, operands) }

  /// DPO, cDPO, IPO or the ramp 1 - sigmoid(u), with the parameters that tuning does not choose.
  public static func draw(_ stream: inout RandomStream) -> Draw {
    switch stream.uniform(below: 4) {
    case 0: return Draw(name: "dpo", expression: apply(.softplus, apply(.negate, margin)))
    case 1:
      let smoothing = ExpressionGenerator.short(0.5 * stream.uniform())
      return Draw(
        name: "cdpo, label_smoothing \(smoothing)",
        expression: apply(
          .add,
          apply(.mul, .constant(1 - smoothing), apply(.softplus, apply(.negate, margin))),
          apply(.mul, .constant(smoothing), apply(.softplus, margin))))
    case 2:
      return Draw(
        name: "ipo", expression: apply(.square, apply(.sub, margin, .constant(0.5))))
    default: return Draw(name: "ramp", expression: apply(.sigmoid, apply(.negate, margin)))
    }
  }

  /// Points drawn at random in a tuning space, its own for each draw.
  public static func points(
    _ space: TuningSpace, _ stream: inout RandomStream
  ) -> [JSONObject] {
    (0..<space.points).map { _ in
      JSONObject(
        space.axes.map { axis in
          let (low, high) = (axis.range.lowerBound, axis.range.upperBound)
          let number = low * pow(high / low, stream.uniform())
          return (axis.name, .number(ExpressionGenerator.short(number)))
        })
    }
  }
}
