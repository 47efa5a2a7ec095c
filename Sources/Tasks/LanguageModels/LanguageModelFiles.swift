import Foundation
import Learning
import Notation
import TensorCore

/// Language models as folders that the `transformers` package loads as `LlamaForCausalLM`:
/// `model.safetensors`, `config.json`, `generation_config.json` and the tokenizer's files.
extension LanguageModel {
  /// Writes the model into a folder, which is made when missing; each file whole or not at all.
  ///
  /// - Parameter folder: the folder.
  /// - Throws: `FileError` when the disk refuses.
  public func save(to folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError(folder, "the folder cannot be made (\(error.localizedDescription))")
    }
    let type: SavedType = store.dtype == .float32 ? .float32 : .float64
    let store = self.store
    let tensors = store.layout.entries.map { entry in
      SavedTensor(name: entry.name, type: type, shape: entry.shape.dims) { receive in
        try store.withBytes(of: store.layout.parameter(named: entry.name), receive)
      }
    }
    try tokenizer.save(to: folder, maximumLength: shape.length)
    try config.write(to: folder + "/config.json")
    try generation.write(to: folder + "/generation_config.json")
    try SafetensorsWriter.write(tensors, to: folder + "/model.safetensors")
  }

  /// Reads a model that `save` wrote, or another Llama of the same kind in float32 or float64.
  ///
  /// - Parameters:
  ///   - folder: the folder.
  ///   - graph: where the model is to live.
  ///   - trainable: whether it can be trained.
  /// - Throws: `FileError` naming the file and what is not as expected.
  public convenience init(
    folder: String, graph: Graph, trainable: Bool = true
  ) throws {
    let path = folder + "/config.json"
    let shape = try TransformerShape(config: JSONValue.read(from: path), path)
    let tokenizer = try BytePairTokenizer(path: folder + "/tokenizer.json")
    guard tokenizer.vocabularySize <= shape.vocabulary else {
      throw FileError(
        folder,
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the model "
          + "\(shape.vocabulary)")
    }
    let file = try SafetensorsFile(path: folder + "/model.safetensors")
    var layout = ParameterLayout()
    let transformer = try Transformer(shape, in: &layout)
    let isDouble = file.entries.contains { $0.type == SavedType.float64.rawValue }
    let dtype: DType = isDouble ? .float64 : .float32
    let store = try ParameterStore(graph, layout, dtype, isTrainable: trainable)
    for entry in layout.entries {
      let values =
        isDouble
        ? try file.float64(entry.name, shape: entry.shape.dims)
        : try file.float32(entry.name, shape: entry.shape.dims).map(Double.init)
      try store.set(layout.parameter(named: entry.name), to: values)
    }
    try self.init(transformer, tokenizer, store)
  }

  /// What `transformers` needs to know of the architecture.
  private var config: JSONValue {
    let end = JSONValue.integer(Int64(tokenizer.endOfText))
    let headWidth = JSONValue.integer(Int64(shape.width / shape.heads))
    return [
      "architectures": ["LlamaForCausalLM"],
      "model_type": "llama",
      "vocab_size": .integer(Int64(shape.vocabulary)),
      "hidden_size": .integer(Int64(shape.width)),
      "intermediate_size": .integer(Int64(shape.hidden)),
      "num_hidden_layers": .integer(Int64(shape.layers)),
      "num_attention_heads": .integer(Int64(shape.heads)),
      "num_key_value_heads": .integer(Int64(shape.keyValueHeads)),
      "head_dim": headWidth,
      "max_position_embeddings": .integer(Int64(shape.length)),
      "hidden_act": "silu",
      "rms_norm_eps": .number(shape.normEpsilon),
      "rope_theta": .number(shape.rotaryBase),
      "rope_parameters": ["rope_theta": .number(shape.rotaryBase), "rope_type": "default"],
      "tie_word_embeddings": .bool(shape.tiesEmbeddings),
      "attention_bias": false,
      "mlp_bias": false,
      "attention_dropout": .number(shape.dropout),
      "initializer_range": .number(shape.initialDeviation),
      "bos_token_id": end,
      "eos_token_id": end,
      "torch_dtype": .string(store.dtype.name),
      "use_cache": true,
    ]
  }

  private var generation: JSONValue {
    let end = JSONValue.integer(Int64(tokenizer.endOfText))
    return ["bos_token_id": end, "eos_token_id": end, "pad_token_id": end, "do_sample": true]
  }
}

extension TransformerShape {
  /// The extents that a Llama's `config.json` tells.
  init(config: JSONValue, _ path: String) throws {
    let kind = config["model_type"]?.string ?? "nothing"
    guard kind == "llama" else {
      throw FileError(path, "\"model_type\" is \(kind), expected llama")
    }
    func count(_ name: String, default fallback: Int? = nil) throws -> Int {
      if let value = config[name]?.int ?? fallback, value > 0 { return value }
      throw FileError(path, "\"\(name)\" must be a positive integer")
    }
    func number(_ value: JSONValue?, default fallback: Double) -> Double {
      switch value {
      case .number(let number): number
      case .integer(let integer): Double(integer)
      default: fallback
      }
    }
    for name in ["attention_bias", "mlp_bias"] where config[name] == .bool(true) {
      throw FileError(path, "\"\(name)\" is true; only models without biases can be read")
    }
    if let scaling = config["rope_scaling"], scaling != .null {
      throw FileError(path, "\"rope_scaling\" is set; only plain rotary positions can be read")
    }
    self.init(vocabulary: try count("vocab_size"))
    width = try count("hidden_size")
    layers = try count("num_hidden_layers")
    heads = try count("num_attention_heads")
    keyValueHeads = try count("num_key_value_heads", default: heads)
    hidden = try count("intermediate_size")
    length = try count("max_position_embeddings")
    guard width == heads * (try count("head_dim", default: width / heads)) else {
      throw FileError(path, "\"head_dim\" times the heads must be the hidden size, \(width)")
    }
    tiesEmbeddings = config["tie_word_embeddings"] == .bool(true)
    let base = config["rope_theta"] ?? config["rope_parameters"]?["rope_theta"]
    rotaryBase = number(base, default: 10_000)
    normEpsilon = number(config["rms_norm_eps"], default: 1e-6)
    dropout = number(config["attention_dropout"], default: 0)
    initialDeviation = number(config["initializer_range"], default: 0.02)
  }
}
