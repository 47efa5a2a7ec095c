import Foundation
import LuaRuntime

/// A request as it goes over the pipe.
struct Request<Body: Codable>: Codable {
  var id: Int
  var kind: String
  var seed: UInt64
  var budget: Budget
  var body: Body
}

/// The part of a request that is read first.
struct RequestHead: Codable {
  var id: Int
  var kind: String
  var seed: UInt64
  var budget: Budget
}

/// A reply as it comes back: an answer or a failure.
struct Reply<Answer: Codable>: Codable {
  var id: Int
  var answer: Answer?
  var failure: EvaluationFailure?
  var use: BudgetUse?
}

/// What a worker says once it can be asked.
struct Greeting: Codable, Equatable {
  /// Raised whenever requests or replies change.
  static let currentVersion = 1

  var version: Int
  /// Bytes of address space before the limit was set.
  var baseBytes: Int
  /// Why the worker cannot be used, or nil.
  var objection: String?
}

/// JSON with numbers that are not finite.
enum WireFormat {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(value)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: data)
  }
}
