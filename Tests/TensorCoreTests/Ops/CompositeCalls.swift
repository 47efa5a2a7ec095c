import TensorCore

/// The calls whose derivatives are checked; nil stands for an operand.
extension CompositeGradientTests {
  private static func indices(_ graph: Graph, _ list: [Int64], _ shape: Shape) throws
    -> Arguments.Value
  {
    .tensor(try graph.tensor(list, shape: shape))
  }

  static let reductions: [Call] =
    ["sum", "mean", "prod", "amax", "amin", "logsumexp", "var", "std"]
    .flatMap { name in
      [
        Call(name, [[2, 3]]),
        Call(name, [[2, 3, 2]]) { _ in [nil, .integers([0, -1])] },
        Call(name, [[3, 4]]) { _ in [nil, .integers([1])] },
      ]
    } + [
      Call("norm", [[2, 3]]), Call("norm", [[2, 3]]) { _ in [nil, .number(1)] },
      Call("norm", [[2, 3]]) { _ in [nil, .number(3), .integers([-1])] },
      Call("norm", [[2, 3]]) { _ in [nil, .number(.infinity), .integers([0])] },
      Call("nansum", [[4]]), Call("nanmean", [[4]]), Call("standardize", [[2, 4]]),
      Call("softmax", [[2, 4]]), Call("softmin", [[2, 4]]), Call("log_softmax", [[2, 4]]),
      Call("log_softmax", [[3, 2]]) { _ in [nil, .integers([0])] },
      Call("max", [[2, 5]]) { _ in [nil, .integers([1])] }, Call("max", [[2, 5]]),
      Call("min", [[5, 2]]) { _ in [nil, .integers([0])] },
      Call("median", [[2, 5]]) { _ in [nil, .integers([1])] },
      Call("quantile", [[2, 5]]) { _ in [nil, .number(0.3), .integers([1])] },
      Call("kthvalue", [[2, 5]]) { _ in [nil, .integers([2])] },
    ]
    + ["cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"].flatMap { name in
      [
        Call(name, [[2, 4]]) { _ in [nil, .integers([1])] },
        Call(name, [[4, 2]]) { _ in [nil, .integers([0]), .flag(true)] },
      ]
    } + [
      Call("linear_scan", [[2, 4], [2, 4]]) { _ in [nil, nil, .integers([1])] },
      Call("linear_scan", [[4, 2], [4, 1]]) { _ in [nil, nil, .integers([0]), .flag(true)] },
      Call("diff", [[2, 4]]),
    ]

  static let arrangements: [Call] = [
    Call("reshape", [[2, 6]]) { _ in [nil, .integers([3, -1])] },
    Call("flatten", [[2, 3, 2]]) { _ in [nil, .integers([1])] },
    Call("squeeze", [[2, 1, 3]]), Call("unsqueeze", [[2, 3]]) { _ in [nil, .integers([1])] },
    Call("permute", [[2, 3, 2]]) { _ in [nil, .integers([2, 0, 1])] },
    Call("transpose", [[2, 3]]), Call("t", [[2, 3]]),
    Call("movedim", [[2, 3, 2]]) { _ in [nil, .integers([0]), .integers([2])] },
    Call("expand", [[3, 1]]) { _ in [nil, .integers([2, -1, 4])] },
    Call("flip", [[2, 3]]), Call("roll", [[2, 3]]) { _ in [nil, .integers([1]), .integers([1])] },
    Call("roll", [[2, 3]]) { _ in [nil, .integers([2])] },
    Call("tile", [[2, 3]]) { _ in [nil, .integers([2, 1, 2])] },
    Call("repeat_interleave", [[2, 3]]) { _ in [nil, .integers([2]), .integers([1])] },
    Call("pad", [[2, 3]]) { _ in [nil, .integers([1, 2, -1, 1])] },
    Call("narrow", [[4, 2]]) { _ in [nil, .integers([0]), .integers([2]), .integers([2])] },
    Call("slice", [[6, 2]]) { _ in
      [nil, .integers([0]), .integers([6]), .integers([1]), .integers([-2])]
    },
    Call("select", [[3, 2]]) { _ in [nil, .integers([0]), .integers([-1])] },
    Call("unfold", [[6, 2]]) { _ in [nil, .integers([0]), .integers([3]), .integers([2])] },
    Call("tril", [[3, 4]]) { _ in [nil, .integers([1])] },
    Call("triu", [[2, 3, 3]]) { _ in [nil, .integers([-1])] },
    Call("diagonal", [[3, 4]]) { _ in [nil, .integers([-1])] },
    Call("diag", [[3]]) { _ in [nil, .integers([1])] }, Call("diag", [[3, 3]]),
    Call("diag_embed", [[2, 3]]) { _ in [nil, .integers([-1])] }, Call("trace", [[3, 4]]),
  ]

  static let selections: [Call] = [
    Call("embedding", [[4, 3]]) { [nil, try indices($0, [2, 4, 2], [3])] },
    Call("index_select", [[2, 4]]) { [nil, .integers([1]), try indices($0, [4, 1, 4], [3])] },
    Call("gather", [[2, 4]]) { [nil, .integers([1]), try indices($0, [4, 1, 2, 2], [2, 2])] },
    Call("gather", [[3, 2]]) { [nil, .integers([0]), try indices($0, [3, 1], [1, 2])] },
    Call("scatter_add", [[2, 4], [2, 3]]) {
      [nil, .integers([1]), try indices($0, [4, 1, 4, 2, 2, 3], [2, 3]), nil]
    },
    Call("scatter", [[2, 4], [2, 2]]) {
      [nil, .integers([1]), try indices($0, [4, 1, 2, 3], [2, 2]), nil]
    },
    Call("index_add", [[2, 4], [2, 3]]) {
      [nil, .integers([1]), try indices($0, [4, 1, 4], [3]), nil]
    },
    Call("take", [[2, 3]]) { [nil, try indices($0, [6, 1, 6], [3])] },
    Call("masked_fill", [[3]]) {
      [nil, .tensor($0.tensor([true, false, true])), .tensor($0.weak(2))]
    },
    Call("segment_sum", [[4, 2]]) {
      [nil, try indices($0, [1, 3, 1, 1], [4]), .integers([3])]
    },
    Call("segment_mean", [[4, 2]]) {
      [nil, try indices($0, [1, 3, 1, 1], [4]), .integers([3])]
    },
    Call("segment_max", [[4, 2]]) {
      [nil, try indices($0, [1, 2, 1, 1], [4]), .integers([2])]
    },
    Call("segment_logsumexp", [[4]]) {
      [nil, try indices($0, [1, 2, 1, 1], [4]), .integers([2])]
    },
    Call("sort", [[2, 4]]) { _ in [nil, .integers([1]), .flag(true)] },
    Call("topk", [[2, 4]]) { _ in [nil, .integers([2])] },
  ]

  static let products: [Call] = [
    Call("matmul", [[2, 3], [3, 4]]), Call("matmul", [[3], [3]]),
    Call("matmul", [[3], [2, 3, 2]]),
    Call("matmul", [[2, 2, 3], [3]]), Call("matmul", [[2, 1, 2, 3], [3, 3, 2]]),
    Call("bmm", [[2, 2, 3], [2, 3, 2]]), Call("mv", [[2, 3], [3]]), Call("dot", [[3], [3]]),
    Call("outer", [[3], [2]]), Call("linear", [[2, 3], [4, 3], [4]]),
    Call("addmm", [[2, 2], [2, 3], [3, 2]]), Call("bilinear", [[2, 3], [2, 2], [4, 3, 2]]),
    Call("tensordot", [[2, 3, 2], [3, 2, 2]]), Call("kron", [[2, 2], [2, 3]]),
    Call("cross", [[2, 3], [2, 3]]),
    Call("scaled_dot_product_attention", [[2, 3, 2], [2, 3, 2], [2, 3, 2]]) { _ in
      [nil, nil, nil, .missing, .flag(true)]
    },
    Call("scaled_dot_product_attention", [[3, 2], [2, 2], [2, 3]]) {
      let mask = try $0.tensor([true, false, false, false, true, true], shape: [3, 2])
      return [nil, nil, nil, .tensor(mask)]
    },
  ]

  static let layers: [Call] = [
    Call("layer_norm", [[2, 4], [4], [4]]), Call("layer_norm", [[2, 4]]),
    Call("rms_norm", [[2, 4], [4]]), Call("normalize", [[2, 4]]),
    Call("group_norm", [[2, 4, 3], [4], [4]]) { _ in [nil, .integers([2]), nil, nil] },
    Call("cosine_similarity", [[2, 4], [2, 4]]), Call("pairwise_distance", [[2, 4], [2, 4]]),
    Call("cdist", [[2, 3], [4, 3]]), Call("glu", [[2, 4]]),
  ]

  static let losses: [Call] = [
    Call("mse_loss", [[3], [3]]), Call("l1_loss", [[3], [3]]),
    Call("smooth_l1_loss", [[4], [4]]) { _ in [nil, nil, .number(0.7)] },
    Call("huber_loss", [[4], [4]]) { _ in [nil, nil, .number(0.7), .text("mean")] },
    Call("binary_cross_entropy", [[4], [4]], from: 0.1, to: 0.9),
    Call("binary_cross_entropy_with_logits", [[4], [4], [4], [4]]),
    Call("poisson_nll_loss", [[4], [4]], from: 0.2, to: 3),
    Call("poisson_nll_loss", [[4], [4]], from: 0.2, to: 3) { _ in
      [nil, nil, .flag(false), .flag(true)]
    },
    Call("gaussian_nll_loss", [[4], [4], [4]], from: 0.2, to: 3),
    Call("soft_margin_loss", [[4], [4]]), Call("margin_ranking_loss", [[4], [4], [4]]),
    Call("triplet_margin_loss", [[2, 3], [2, 3], [2, 3]]),
    Call("cross_entropy", [[2, 3]]) { [nil, try indices($0, [3, 1], [2])] },
    Call("cross_entropy", [[3, 3], [3]]) {
      [nil, try indices($0, [3, -100, 1], [3]), nil, .missing, .number(0.2), .text("mean")]
    },
    Call("cross_entropy", [[2, 3], [2, 3]], from: 0.1, to: 1) { _ in
      [nil, nil, .missing, .missing, .number(0.1)]
    },
    Call("nll_loss", [[2, 3]]) { [nil, try indices($0, [3, 1], [2])] },
    Call("token_log_probs", [[2, 2, 3]]) { [nil, try indices($0, [3, 1, 2, 2], [2, 2])] },
    Call("kl_divergence", [[2, 3], [2, 3]]), Call("js_divergence", [[2, 3], [2, 3]]),
    Call("total_variation", [[2, 3], [2, 3]]), Call("entropy", [[2, 3]]),
    Call("kl_div", [[2, 3], [2, 3]], from: 0.1, to: 1),
    Call("kl_div", [[2, 3], [2, 3]]) { _ in [nil, nil, .flag(true), .text("batchmean")] },
  ]
}
