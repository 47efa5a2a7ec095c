import TensorCore

/// How the cases of `ops.json` are called here.
extension GoldenCall {
  /// What the case calls each parameter.
  static let aliases: [String: [String]] = [
    "axis": ["dim", "source"], "place": ["destination"], "mask": ["attn_mask"],
    "axes": ["dim", "dims"], "order": ["dims"], "first": ["dim0", "start_dim"],
    "second": ["dim1"], "last": ["end_dim"], "minimum": ["min", "lo", "low", "min_val"],
    "maximum": ["max", "hi", "high", "max_val"], "correction": ["unbiased"],
    "shifts": ["shift"], "times": ["n", "repeats", "reps", "dims"],
    "y": ["m", "exponent", "other"],
    "equation": ["eq"], "offset": ["diagonal", "k"], "classes": ["n", "num_classes"],
    "sizes": ["size", "split_size"], "widths": ["pad"], "causal": ["is_causal"],
    "lambda": ["lambd"], "value": ["fill"], "negative_slope": ["slope"], "keepdim": ["keep"],
    "length": ["len"], "segments": ["n", "num_segments"], "groups": ["num_groups"],
    "k": ["n"], "n": ["order"],
  ]

  /// Names that differ, with parameters the case leaves to its own default.
  static var renamed: [String: (operation: String, options: [String: Arguments.Value])] {
    [
      "logsigmoid": ("log_sigmoid", [:]), "gelu_erf": ("gelu", [:]),
      "gelu_tanh": ("gelu", ["approximate": .text("tanh")]),
      "leaky_relu": ("leaky_relu", ["negative_slope": .number(0.1)]), "cat": ("concat", [:]),
      "arctan2": ("atan2", [:]), "repeat": ("tile", [:]),
      "cross_entropy_smooth": mean("cross_entropy"),
      "cross_entropy": mean("cross_entropy"), "cross_entropy_weight_ignore": mean("cross_entropy"),
      "cross_entropy_weight": mean("cross_entropy"), "cross_entropy_ignore": mean("cross_entropy"),
      "cross_entropy_none": ("cross_entropy", [:]), "nll": mean("nll_loss"),
      "mse": mean("mse_loss"), "mse_loss": mean("mse_loss"), "l1": mean("l1_loss"),
      "l1_loss": mean("l1_loss"), "smooth_l1": mean("smooth_l1_loss"), "huber": mean("huber_loss"),
      "huber_loss": mean("huber_loss"), "var0": ("var", ["correction": .number(0)]),
      "std0": ("std", ["correction": .number(0)]), "poisson_nll": mean("poisson_nll_loss"),
      "gaussian_nll": mean("gaussian_nll_loss"), "soft_margin": mean("soft_margin_loss"),
      "margin_ranking": mean("margin_ranking_loss"), "triplet": mean("triplet_margin_loss"),
      "triplet_margin": mean("triplet_margin_loss"), "clip": ("clamp", [:]),
      "cosine_embedding": mean("cosine_embedding_loss"), "view": ("reshape", [:]),
      "hinge_embedding": mean("hinge_embedding_loss"), "negative": ("neg", [:]),
      "sort_desc": ("sort", ["descending": .flag(true)]), "cosine_sim": ("cosine_similarity", [:]),
      "sdpa": ("scaled_dot_product_attention", [:]),
      "norm1": ("norm", ["p": .number(1)]), "norm2": ("norm", ["p": .number(2)]),
      "norm_inf": ("norm", ["p": .number(.infinity)]),
      "norminf": ("norm", ["p": .number(.infinity)]),
      "mm": ("matmul", [:]), "logsoftmax": ("log_softmax", [:]), "take_along": ("gather", [:]),
      "take_along_dim": ("gather", [:]), "swish": ("silu", [:]), "relu_6": ("relu6", [:]),
    ]
  }

  /// The loss averaged, unless the case says otherwise.
  private static func mean(_ name: String) -> (String, [String: Arguments.Value]) {
    (name, ["reduction?": .text("mean")])
  }

  /// Cases that are no plain call.
  static let special: [String: @Sendable (GoldenCall) throws -> [Tensor]] = [
    "xlogx": { try $0.call("entr") },
    "acosh1": { try $0.call("acosh", inputs: [$0.ordered[0] + 1]) },
    "atanh1": { try $0.call("atanh", inputs: [$0.ordered[0]]) },
    "pow": { call in
      guard let exponent = call.golden.params["exponent"]?.number else {
        return try call.call("pow")
      }
      return try call.call("pow", inputs: [call.ordered[0], call.graph.weak(exponent)])
    },
    "where": { call in
      let (a, b) = (call.ordered[0], call.ordered[1])
      return try call.call("where", inputs: [a.gt(b), a * 2, b * 3])
    },
    "narrow": { call in
      try call.call(
        "narrow", ["axis": .integers([1]), "start": .integers([2]), "length": .integers([2])])
    },
    "kl_div": { call in
      let (a, b) = try (call.ordered[0].logSoftmax(), call.ordered[1].softmax())
      return try call.call("kl_div", ["reduction": .text("batchmean")], inputs: [a, b])
    },
    "nll_loss": { call in
      let rows = try call.ordered[0].logSoftmax()
      return try call.call("nll_loss", ["reduction": .text("mean")], inputs: [rows])
    },
    "bce": { call in
      try call.call("binary_cross_entropy", ["reduction": .text("mean")])
    },
    "bce_logits": { call in
      try call.call("binary_cross_entropy_with_logits", ["reduction": .text("mean")])
    },
    "bce_with_logits": { call in
      try call.call("binary_cross_entropy_with_logits", ["reduction": .text("mean")])
    },
  ]

  /// Linear algebra, convolution, pooling and batch normalization are not offered.
  static func isOffered(_ name: String) -> Bool {
    let families = [
      "conv", "batch_norm", "svd", "eig", "cholesky", "solve", "qr", "lu_", "slogdet",
    ]
    let single: Set = [
      "inv", "inverse", "pinv", "det", "logdet", "matrix_exp", "matrix_power", "lstsq",
      "matrix_norm", "interpolate", "householder_product", "triangular_solve",
    ]
    let isPooling = name.contains("pool")
    return !isPooling && !single.contains(name) && !families.contains { name.hasPrefix($0) }
  }
}
