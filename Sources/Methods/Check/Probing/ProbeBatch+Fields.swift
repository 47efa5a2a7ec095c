import LuaBindings
import TensorCore

extension LossBatch {
  /// Puts a tensor where its path says.
  mutating func set(_ path: [String], _ tensor: Tensor) {
    let rest = Array(path.dropFirst())
    switch path[0] {
    case "chosen": chosen = (chosen ?? Side()).setting(rest, tensor)
    case "rejected": rejected = (rejected ?? Side()).setting(rest, tensor)
    case "completion": completion = (completion ?? Side()).setting(rest, tensor)
    case "mismatched": mismatched = (mismatched ?? Side()).setting(rest, tensor)
    case "label": label = tensor
    case "mask": mask = tensor
    case "column": columns[rest[0]] = tensor
    default: samples[path[0]] = (samples[path[0]] ?? Side()).setting(rest, tensor)
    }
  }
}

extension LossBatch.Side {
  /// Tokens that share the sums, later ones more, the places after a row's length left out.
  mutating func spreadOverTokens(_ width: Int) throws {
    for name in views.keys.sorted() { try views[name]?.spreadOverTokens(width) }
    guard let logProb, let refLogProb, let length, logProb.rank == 1 else { return }
    let places = try length.graph.iota(width).cast(to: length.dtype)
    let within = try places.lt(length.unsqueeze(-1)).cast(to: length.dtype)
    let sizes = try within * (places + 1)
    let shares = try sizes / sizes.sum([-1]).unsqueeze(-1)
    mask = within
    tokenLogProbs = try logProb.unsqueeze(-1) * shares
    refTokenLogProbs = try refLogProb.unsqueeze(-1) * shares
  }

  fileprivate func setting(_ path: [String], _ tensor: Tensor) -> LossBatch.Side {
    var side = self
    if path.count > 1 {
      side.views[path[0]] = (views[path[0]] ?? .init()).setting(Array(path.dropFirst()), tensor)
      return side
    }
    switch path[0] {
    case "log_prob": side.logProb = tensor
    case "ref_log_prob": side.refLogProb = tensor
    case "length": side.length = tensor
    case "reward": side.reward = tensor
    default: side.extras[path[0]] = tensor
    }
    return side
  }
}
