import Synchronization

/// A byte-level byte-pair tokenizer: any bytes to token ids and back, without loss.
///
/// Ids are 0-based, as in tokenizer files. The same ids come out of the Hugging Face libraries for
/// the files that `save` writes.
public struct BytePairTokenizer: Sendable {
  /// A token that no text spells, such as the end of text.
  public struct SpecialToken: Sendable, Equatable {
    /// How files and people write it.
    public let content: String
    /// Its id.
    public let id: Int32
  }

  /// What to do with a special token's spelling inside a text.
  public enum SpecialTokenSpelling: Sendable {
    /// It is text like any other, so data cannot end a document by accident or on purpose.
    case asText
    /// It becomes the special token, as the Hugging Face libraries do by default.
    case asToken
  }

  /// The bytes of each token, by id; for a special token, its spelling.
  let tokens: [[UInt8]]
  /// The merges, in the order they apply.
  let table: MergeTable
  /// The special tokens, by ascending id.
  public let specialTokens: [SpecialToken]
  /// The id of each byte's token.
  private let byteIDs: [Int32]
  private let cache: WordCache

  /// Puts a tokenizer together.
  ///
  /// - Parameters:
  ///   - tokens: the bytes of each token, by id; all 256 single bytes are among them.
  ///   - merges: in the order they apply, each of ids in range.
  ///   - specialTokens: ids in range.
  init(tokens: [[UInt8]], merges: [MergeTable.Merge], specialTokens: [SpecialToken]) {
    self.tokens = tokens
    cache = WordCache()
    table = MergeTable(merges)
    self.specialTokens = specialTokens.sorted { $0.id < $1.id }
    var byteIDs = [Int32](repeating: 0, count: 256)
    let special = Set(specialTokens.map(\.id))
    for (id, bytes) in tokens.enumerated() where bytes.count == 1 && !special.contains(Int32(id)) {
      byteIDs[Int(bytes[0])] = Int32(id)
    }
    self.byteIDs = byteIDs
  }

  /// The number of tokens, special ones included.
  public var vocabularySize: Int { tokens.count }

  /// The id of the token that ends a document: `<|endoftext|>`, else the first special token.
  public var endOfText: Int32 {
    (specialTokens.first { $0.content == Self.endOfTextContent } ?? specialTokens.first)?.id ?? 0
  }

  /// The usual spelling of the token that ends a document.
  public static let endOfTextContent = "<|endoftext|>"

  /// Returns the ids of a text.
  ///
  /// - Parameters:
  ///   - text: any text; nothing is added around it.
  ///   - spelling: what a special token's spelling in the text means.
  /// - Returns: 0-based ids.
  public func encode(
    _ text: String, specialTokens spelling: SpecialTokenSpelling = .asText
  ) -> [Int32] {
    let bytes = Array(text.utf8)
    guard spelling == .asToken else { return encode(bytes: bytes) }
    var ids: [Int32] = []
    var start = 0
    var place = 0
    while place < bytes.count {
      if let token = specialToken(in: bytes, at: place) {
        ids += encode(bytes: Array(bytes[start..<place]))
        ids.append(token.id)
        place += token.content.utf8.count
        start = place
      } else {
        place += 1
      }
    }
    return ids + encode(bytes: Array(bytes[start...]))
  }

  /// The longest special token spelled at a place.
  private func specialToken(in bytes: [UInt8], at place: Int) -> SpecialToken? {
    specialTokens
      .filter { !$0.content.isEmpty && bytes[place...].starts(with: $0.content.utf8) }
      .max { $0.content.utf8.count < $1.content.utf8.count }
  }

  /// Returns the ids of bytes, which need not be valid UTF-8.
  ///
  /// - Parameter bytes: any bytes.
  /// - Returns: 0-based ids.
  public func encode(bytes: [UInt8]) -> [Int32] {
    var ids: [Int32] = []
    ids.reserveCapacity(bytes.count / 3)
    cache.words.withLock { known in
      bytes.withUnsafeBufferPointer { text in
        WordScanner.forEachWord(in: text) { range in
          let word = Array(text[range])
          if let found = known[word] {
            ids += found
            return
          }
          let found = table.apply(to: word.map { byteIDs[Int($0)] })
          if word.count <= WordCache.longestWord, known.count < WordCache.capacity {
            known[word] = found
          }
          ids += found
        }
      }
    }
    return ids
  }

  /// Returns the bytes that ids stand for.
  ///
  /// - Parameters:
  ///   - ids: 0-based ids.
  ///   - skipsSpecialTokens: whether special tokens give nothing instead of their spelling.
  /// - Returns: the bytes.
  /// - Throws: `TokenizerError` for an id outside the vocabulary.
  public func decodeBytes(
    _ ids: some Sequence<Int32>, skipsSpecialTokens: Bool = false
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for id in ids {
      guard tokens.indices.contains(Int(id)) else {
        throw TokenizerError("the token id \(id) is outside the vocabulary 0 ..< \(tokens.count)")
      }
      if skipsSpecialTokens, specialTokens.contains(where: { $0.id == id }) { continue }
      bytes += tokens[Int(id)]
    }
    return bytes
  }

  /// Returns the text that ids stand for; bytes that are not UTF-8 become U+FFFD.
  ///
  /// - Parameters:
  ///   - ids: 0-based ids.
  ///   - skipsSpecialTokens: whether special tokens give nothing instead of their spelling.
  /// - Returns: the text.
  /// - Throws: `TokenizerError` for an id outside the vocabulary.
  public func decode(
    _ ids: some Sequence<Int32>, skipsSpecialTokens: Bool = false
  ) throws -> String {
    String(
      decoding: try decodeBytes(ids, skipsSpecialTokens: skipsSpecialTokens), as: UTF8.self)
  }

  /// Returns how files spell a token, such as `Ġthe` for " the"; nil outside the vocabulary.
  ///
  /// - Parameter id: a 0-based id.
  /// - Returns: the spelling in the byte alphabet.
  public func spelling(of id: Int32) -> String? {
    guard tokens.indices.contains(Int(id)) else { return nil }
    if let special = specialTokens.first(where: { $0.id == id }) { return special.content }
    return ByteAlphabet.text(tokens[Int(id)])
  }
}

extension BytePairTokenizer: Equatable {
  /// Whether both give the same ids for every text.
  public static func == (one: BytePairTokenizer, two: BytePairTokenizer) -> Bool {
    one.tokens == two.tokens && one.table.merges == two.table.merges
      && one.specialTokens == two.specialTokens
  }
}

/// Words met before and their ids, shared by all copies of a tokenizer.
private final class WordCache: Sendable {
  static let capacity = 1 << 16
  static let longestWord = 64

  let words = Mutex<[[UInt8]: [Int32]]>([:])
}

/// What a tokenizer cannot do.
public struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was asked and why it cannot be.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
