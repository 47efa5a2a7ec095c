import LuaBindings
import Methods
import TensorCore

/// The library loaded into a fresh state.
struct StdlibFixture {
  let session: ScriptSession
  let catalogue: MethodCatalogue

  init() throws {
    session = try ScriptSession()
    catalogue = try MethodCatalogue(StandardLibrary.find(), in: session)
  }

  /// The names of the methods that come with the program, for parameterised tests.
  static let methods: [String] =
    (try? StandardLibrary.find().entries.map(\.name)) ?? ["stdlib is missing"]
}

extension LossBatch {
  /// Puts a tensor where a path such as `chosen.log_prob` says.
  mutating func put(_ path: String, _ tensor: Tensor) {
    let parts = path.split(separator: ".").map(String.init)
    let field = parts.count > 1 ? parts[1] : ""
    switch parts[0] {
    case "chosen": chosen = with(chosen, field, tensor)
    case "rejected": rejected = with(rejected, field, tensor)
    case "completion": completion = with(completion, field, tensor)
    case "mismatched": mismatched = with(mismatched, field, tensor)
    case "label": label = tensor
    case "margin": margin = tensor
    default: columns[path] = tensor
    }
  }

  private func with(_ side: Side?, _ field: String, _ tensor: Tensor) -> Side {
    var side = side ?? Side()
    switch field {
    case "log_prob": side.logProb = tensor
    case "ref_log_prob": side.refLogProb = tensor
    case "logratio": side.logratio = tensor
    case "length": side.length = tensor
    case "token_log_probs": side.tokenLogProbs = tensor
    case "mask": side.mask = tensor
    default: side.reward = tensor
    }
    return side
  }
}
