import Foundation
import Notation

extension BytePairTokenizer {
  /// Writes `tokenizer.json` and `tokenizer_config.json`, which the Hugging Face libraries load.
  ///
  /// - Parameters:
  ///   - folder: where to write; made where it is missing.
  ///   - maximumLength: the longest sequence the model takes, in tokens, or nil.
  /// - Throws: `FileError` when the disk refuses.
  public func save(to folder: String, maximumLength: Int? = nil) throws {
    try file.write(to: "\(folder)/tokenizer.json")
    var config: JSONObject = [
      "tokenizer_class": "PreTrainedTokenizerFast",
      "add_prefix_space": false,
      "clean_up_tokenization_spaces": false,
    ]
    if let content = specialTokens.first(where: { $0.id == endOfText })?.content {
      for role in ["bos_token", "eos_token", "pad_token"] {
        config[role] = .string(content)
      }
    }
    if let maximumLength {
      config["model_max_length"] = .integer(Int64(maximumLength))
    }
    try JSONValue.object(config).write(to: "\(folder)/tokenizer_config.json")
  }

  private var file: JSONValue {
    let byteLevel: JSONValue = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
    ]
    return [
      "version": "1.0",
      "truncation": nil,
      "padding": nil,
      "added_tokens": .list(
        specialTokens.map { token in
          [
            "id": .integer(Int64(token.id)), "content": .string(token.content),
            "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
            "special": true,
          ]
        }),
      "normalizer": nil,
      "pre_tokenizer": byteLevel,
      "post_processor": nil,
      "decoder": byteLevel,
      "model": model,
    ]
  }

  private var model: JSONValue {
    func text(_ id: Int32) -> String { spelling(of: id) ?? "" }
    return [
      "type": "BPE",
      "dropout": nil,
      "unk_token": nil,
      "continuing_subword_prefix": nil,
      "end_of_word_suffix": nil,
      "fuse_unk": false,
      "byte_fallback": false,
      "ignore_merges": false,
      "vocab": .object(
        JSONObject(distinct: tokens.indices.map { (text(Int32($0)), .integer(Int64($0))) })),
      "merges": .list(table.merges.map { .string("\(text($0.left)) \(text($0.right))") }),
    ]
  }

  /// Reads a `tokenizer.json` of the byte-level byte-pair kind, such as GPT-2's.
  ///
  /// - Parameter path: the file, or the folder it is in.
  /// - Throws: `FileError` where it cannot be read, is another kind of tokenizer, or is damaged.
  public init(path: String) throws {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let path = isFolder.boolValue ? "\(path)/tokenizer.json" : path
    self = try TokenizerFile(path: path, root: try JSONValue.read(from: path)).tokenizer()
  }
}

/// A `tokenizer.json` being read.
private struct TokenizerFile {
  let path: String
  let root: JSONValue

  func tokenizer() throws -> BytePairTokenizer {
    try checkKind()
    let special = try specialTokens()
    let tokens = try tokens(special)
    let ids = Dictionary(
      tokens.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let merges = try merges(ids)
    let bytes = Set(tokens.filter { $0.count == 1 }.map { $0[0] })
    guard bytes.count == 256 else {
      throw FileError(path, "expected a token for each of the 256 bytes, found \(bytes.count)")
    }
    return BytePairTokenizer(tokens: tokens, merges: merges, specialTokens: special)
  }

  private func checkKind() throws {
    let model = root["model"]
    guard model?["type"]?.string == "BPE" else {
      throw FileError(path, "\"model\" must be of type BPE, found \(kind(model))")
    }
    guard root["pre_tokenizer"]?["type"]?.string == "ByteLevel" else {
      let found = kind(root["pre_tokenizer"])
      throw FileError(path, "\"pre_tokenizer\" must be of type ByteLevel, found \(found)")
    }
    let expected: [(JSONValue?, String, [JSONValue])] = [
      (root["pre_tokenizer"], "add_prefix_space", [false]),
      (root["pre_tokenizer"], "use_regex", [true]),
      (model, "ignore_merges", [false]),
      (model, "dropout", [nil, .number(0), .integer(0)]),
      (model, "continuing_subword_prefix", [nil, ""]),
      (model, "end_of_word_suffix", [nil, ""]),
      (root, "normalizer", [nil]),
    ]
    for (object, name, allowed) in expected {
      if let value = object?[name], !allowed.contains(value) {
        throw FileError(
          path, "\"\(name)\" is \(value.compactText); only \(allowed[0].compactText) works here")
      }
    }
  }

  private func kind(_ value: JSONValue?) -> String {
    value?["type"]?.string ?? value?.kind ?? "nothing"
  }

  private func specialTokens() throws -> [BytePairTokenizer.SpecialToken] {
    try (root["added_tokens"]?.list ?? []).map { token in
      guard let content = token["content"]?.string, !content.isEmpty,
        let id = token["id"]?.int.flatMap({ Int32(exactly: $0) })
      else {
        let message = "each of \"added_tokens\" must have a content and an id, found "
        throw FileError(path, message + token.compactText)
      }
      return BytePairTokenizer.SpecialToken(content: content, id: id)
    }
  }

  /// The bytes of each token, by id.
  private func tokens(_ special: [BytePairTokenizer.SpecialToken]) throws -> [[UInt8]] {
    guard let vocabulary = root["model"]?["vocab"]?.object?.fields else {
      throw FileError(path, "\"model\" must have a \"vocab\" of tokens and ids")
    }
    var byID: [Int: [UInt8]] = [:]
    let specialContents = Set(special.map(\.content))
    for token in special { byID[Int(token.id)] = Array(token.content.utf8) }
    for member in vocabulary where !specialContents.contains(member.name) {
      guard let id = member.value.int, let bytes = ByteAlphabet.bytes(member.name), !bytes.isEmpty
      else {
        let found = "\"\(member.name)\": \(member.value.compactText)"
        throw FileError(path, "expected a byte-level token and its id, found \(found)")
      }
      guard byID.updateValue(bytes, forKey: id) == nil else {
        throw FileError(path, "two tokens have the id \(id), one of them \"\(member.name)\"")
      }
    }
    return try (0..<byID.count).map { id in
      guard let bytes = byID[id] else {
        throw FileError(path, "expected the ids 0 ..< \(byID.count), found no token \(id)")
      }
      return bytes
    }
  }

  private func merges(_ ids: [[UInt8]: Int32]) throws -> [MergeTable.Merge] {
    try (root["model"]?["merges"]?.list ?? []).enumerated().map { index, merge in
      let sides = merge.string?.split(separator: " ", omittingEmptySubsequences: false)
      let parts = sides?.map(String.init) ?? merge.list?.compactMap(\.string) ?? []
      let bytes = parts.compactMap(ByteAlphabet.bytes)
      guard parts.count == 2, bytes.count == 2, let left = ids[bytes[0]],
        let right = ids[bytes[1]], let result = ids[bytes[0] + bytes[1]]
      else {
        throw FileError(
          path,
          "merge \(index + 1) must join two tokens to a third, found \(merge.compactText)")
      }
      return MergeTable.Merge(left: left, right: right, result: result)
    }
  }
}
