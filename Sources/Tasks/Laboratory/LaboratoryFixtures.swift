/// Small examples whose answers are known: what methods are checked against.
public enum LaboratoryFixtures {
  /// Four actions with a reward, for losses of pairs and closed forms at beta 0.5.
  public static let table = (
    logits: [0, 0.5, -0.3, 0.2], reward: [1, 0.2, -0.5, 0.4], beta: 0.5
  )
  /// A game with a cycle, whose minimax winner is (0.3, 0.3, 0.4).
  public static let game = (
    preference: [0.5, 0.9, 0.2, 0.1, 0.5, 0.8, 0.8, 0.2, 0.5],
    reference: [0.5, 0.3, 0.2], tau: 0.1
  )
  /// One pair: log-probabilities under policy and reference.
  public static let pair = (
    chosen: -3.0, rejected: -4.0, chosenReference: -3.5, rejectedReference: -3.8
  )
  /// Four pairs, for losses that look at whole batches: margins of log-ratios, and
  /// log-probabilities under the policy.
  public static let batch = (
    margins: [-2, -0.5, 0.3, 1.5], chosen: [-3.0, -3, -2, -2], rejected: [-2, -3.5, -3, -2.5]
  )
}
