import LuaBindings
import Notation

/// What varies with a trial's seed; what does not stays at the task's own seed.
public enum TrialStream: String, Codable, Sendable, CaseIterable {
  /// Contexts, rewards, reference policy.
  case world
  /// Which pairs are drawn and how they are labelled.
  case data
  /// The policy's parameters before training.
  case initialisation
  /// The order of batches, and whatever is drawn while training.
  case order
}

/// What a trial is for: the data of different splits never meet.
public enum TrialSplit: String, Codable, Sendable, CaseIterable {
  /// Parameters are chosen by it.
  case tuning
  /// Choices are checked by it.
  case validation
  /// Its numbers go into comparisons.
  case reported
  /// Used once, for a finalist already chosen.
  case final
}

/// One trial: a configuration under a seed.
public struct TrialRequest: Codable, Sendable, Hashable {
  /// `loss` (a name, a path, or an object with `name` or `source`, and `params`), parameters of
  /// the loss (`beta`, or `loss.beta` where a setting has that name), and settings of the task
  /// such as `learning_rate`. Names are flat.
  public var configuration: JSONObject
  /// Any number.
  public var seed: UInt64
  /// What varies with the seed.
  public var varied: Set<TrialStream>
  /// What the trial is for.
  public var split: TrialSplit

  /// The streams that vary unless told otherwise: the world stays.
  public static let usuallyVaried: Set<TrialStream> = [.data, .initialisation, .order]

  /// A request.
  public init(
    _ configuration: JSONObject, seed: UInt64 = 1,
    varied: Set<TrialStream> = TrialRequest.usuallyVaried, split: TrialSplit = .reported
  ) {
    self.configuration = configuration
    self.seed = seed
    self.varied = varied
    self.split = split
  }

  /// The request as an object, its fields in one order, for cells and logs.
  public var json: JSONObject {
    [
      "configuration": .object(configuration),
      // As text: a seed may not fit a signed integer.
      "seed": .string(String(seed)),
      "varied": .list(
        TrialStream.allCases.filter(varied.contains).map { .string($0.rawValue) }),
      "split": .string(split.rawValue),
    ]
  }

  /// Reads what `json` gave.
  ///
  /// - Throws: `DeclarationError` naming the field that is missing or wrong.
  public init(json: JSONObject) throws {
    guard let configuration = json["configuration"]?.object else {
      throw DeclarationError("trial: configuration must be an object")
    }
    guard let seed = json["seed"]?.string.flatMap(UInt64.init) else {
      throw DeclarationError("trial: seed must be a whole number written as text")
    }
    guard let names = json["varied"]?.list else {
      throw DeclarationError("trial: varied must be a list of streams")
    }
    let streams = try names.map { name in
      guard let stream = name.string.flatMap(TrialStream.init) else {
        throw DeclarationError(
          "trial: varied names a stream that is none of "
            + TrialStream.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return stream
    }
    guard let split = json["split"]?.string.flatMap(TrialSplit.init) else {
      throw DeclarationError(
        "trial: split must be one of "
          + TrialSplit.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.init(configuration, seed: seed, varied: Set(streams), split: split)
  }
}
