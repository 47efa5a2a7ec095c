/// Learns a byte-pair vocabulary from texts.
///
/// Again and again the pair of neighbouring tokens that occurs most, within words, becomes a token.
/// Of equally frequent pairs the one first in byte order is taken, so the same texts, in whatever
/// order, give the same vocabulary. Ids: special tokens, the 256 bytes, then tokens as learnt.
public struct BytePairTrainer {
  /// What to learn.
  public struct Options: Sendable, Equatable {
    /// How many tokens at most, special ones and the 256 bytes included.
    public var vocabularySize = 1024
    /// Pairs that occur less often are not merged.
    public var minimumCount = 2
    /// Tokens that no text spells; they take the first ids.
    public var specialTokens = [BytePairTokenizer.endOfTextContent]

    /// 1,024 tokens, one of them the end of text.
    public init() {}

    /// The defaults with another size.
    public init(vocabularySize: Int) {
      self.vocabularySize = vocabularySize
    }
  }

  private struct Word {
    var symbols: [Int32]
    let count: Int
  }

  private struct Candidate {
    let count: Int
    let left: Int32
    let right: Int32
  }

  private let options: Options
  private var words: [Word] = []
  private var tokens: [[UInt8]] = []
  private var ids: [[UInt8]: Int32] = [:]
  private var merges: [MergeTable.Merge] = []
  private var learnt: Set<UInt64> = []
  private var counts: [UInt64: Int] = [:]
  /// The words a pair was seen in; some no longer have it.
  private var places: [UInt64: [Int32]] = [:]

  /// Learns a tokenizer.
  ///
  /// - Parameters:
  ///   - texts: the training texts; pairs never cross words, hence never texts.
  ///   - options: what to learn.
  /// - Returns: a tokenizer of at most `vocabularySize` tokens; fewer when pairs run out.
  /// - Throws: `TokenizerError` where the size has no room for the special tokens and the bytes.
  public static func train(
    _ texts: some Sequence<String>, options: Options = Options()
  ) throws -> BytePairTokenizer {
    var trainer = try BytePairTrainer(options)
    trainer.count(texts)
    trainer.learn()
    let special = options.specialTokens.enumerated().map {
      BytePairTokenizer.SpecialToken(content: $1, id: Int32($0))
    }
    return BytePairTokenizer(
      tokens: trainer.tokens, merges: trainer.merges, specialTokens: special)
  }

  private init(_ options: Options) throws {
    let smallest = 256 + options.specialTokens.count
    guard options.vocabularySize >= smallest else {
      throw TokenizerError(
        "a vocabulary of \(options.vocabularySize) tokens has no room for 256 bytes and "
          + "\(options.specialTokens.count) special tokens; the smallest is \(smallest)")
    }
    guard Set(options.specialTokens).count == options.specialTokens.count,
      !options.specialTokens.contains("")
    else { throw TokenizerError("special tokens must be different and not empty") }
    self.options = options
    tokens = options.specialTokens.map { Array($0.utf8) } + ByteAlphabet.bytesInOrder.map { [$0] }
    for (id, bytes) in tokens.enumerated() { ids[bytes] = Int32(id) }
  }

  private mutating func count(_ texts: some Sequence<String>) {
    var found: [[UInt8]: Int] = [:]
    for text in texts {
      let bytes = Array(text.utf8)
      bytes.withUnsafeBufferPointer { text in
        WordScanner.forEachWord(in: text) { found[Array(text[$0]), default: 0] += 1 }
      }
    }
    let special = options.specialTokens.count
    var byteIDs = [Int32](repeating: 0, count: 256)
    for (index, byte) in ByteAlphabet.bytesInOrder.enumerated() {
      byteIDs[Int(byte)] = Int32(special + index)
    }
    words = found.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { word in
      Word(symbols: word.map { byteIDs[Int($0)] }, count: found[word] ?? 0)
    }
  }

  private mutating func learn() {
    let spellings = TokenSpellings(tokens)
    var queue = PriorityQueue<Candidate> { one, two in
      if one.count != two.count { return one.count > two.count }
      if one.left != two.left { return spellings.precedes(one.left, two.left) }
      return spellings.precedes(one.right, two.right)
    }
    for index in words.indices { note(index, sign: 1) }
    for (pair, count) in counts { queue.push(Self.candidate(pair, count)) }
    while tokens.count < options.vocabularySize, let best = queue.pop() {
      let pair = MergeTable.key(best.left, best.right)
      let count = counts[pair] ?? 0
      // Counts only sink between pushes: an entry that is too high goes back with the true one.
      if count < best.count {
        if count >= options.minimumCount { queue.push(Self.candidate(pair, count)) }
        continue
      }
      guard count >= options.minimumCount else { break }
      guard let result = token(joining: best) else { continue }
      spellings.tokens = tokens
      for touched in merge(best, into: result) {
        queue.push(Self.candidate(touched, counts[touched] ?? 0))
      }
    }
  }

  private static func candidate(_ pair: UInt64, _ count: Int) -> Candidate {
    Candidate(
      count: count, left: Int32(truncatingIfNeeded: pair >> 32),
      right: Int32(truncatingIfNeeded: pair))
  }

  /// The token that a pair becomes, which another pair may spell too; nil for a special token's
  /// spelling.
  private mutating func token(joining pair: Candidate) -> Int32? {
    let bytes = tokens[Int(pair.left)] + tokens[Int(pair.right)]
    if let known = ids[bytes] {
      return Int(known) < options.specialTokens.count ? nil : known
    }
    let id = Int32(tokens.count)
    tokens.append(bytes)
    ids[bytes] = id
    return id
  }

  /// Merges a pair in every word and returns the pairs that became more frequent, in a fixed order.
  private mutating func merge(_ pair: Candidate, into result: Int32) -> [UInt64] {
    let key = MergeTable.key(pair.left, pair.right)
    // A pair comes back when another pair turns out to spell one of its tokens.
    if learnt.insert(key).inserted {
      merges.append(MergeTable.Merge(left: pair.left, right: pair.right, result: result))
    }
    var touched: Set<UInt64> = []
    let places = places.removeValue(forKey: key) ?? []
    var last: Int32 = -1
    for place in places where place != last {
      last = place
      note(Int(place), sign: -1)
      words[Int(place)].symbols = Self.merged(words[Int(place)].symbols, pair, result)
      note(Int(place), sign: 1)
      let symbols = words[Int(place)].symbols
      for (left, right) in zip(symbols, symbols.dropFirst()) where left == result || right == result
      {
        touched.insert(MergeTable.key(left, right))
      }
    }
    return touched.sorted()
  }

  private static func merged(_ symbols: [Int32], _ pair: Candidate, _ result: Int32) -> [Int32] {
    var merged: [Int32] = []
    merged.reserveCapacity(symbols.count)
    var index = 0
    while index < symbols.count {
      if index + 1 < symbols.count, symbols[index] == pair.left, symbols[index + 1] == pair.right {
        merged.append(result)
        index += 2
      } else {
        merged.append(symbols[index])
        index += 1
      }
    }
    return merged
  }

  /// Adds (or takes away) the pairs of a word to (from) the counts.
  private mutating func note(_ index: Int, sign: Int) {
    let word = words[index]
    for (left, right) in zip(word.symbols, word.symbols.dropFirst()) {
      let pair = MergeTable.key(left, right)
      counts[pair, default: 0] += sign * word.count
      if sign > 0, places[pair]?.last != Int32(index) {
        places[pair, default: []].append(Int32(index))
      }
    }
  }
}

/// The bytes of the tokens learnt so far, for the queue's order.
private final class TokenSpellings {
  var tokens: [[UInt8]]

  init(_ tokens: [[UInt8]]) {
    self.tokens = tokens
  }

  func precedes(_ one: Int32, _ two: Int32) -> Bool {
    tokens[Int(one)].lexicographicallyPrecedes(tokens[Int(two)])
  }
}
