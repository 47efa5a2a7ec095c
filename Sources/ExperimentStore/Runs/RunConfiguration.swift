import Foundation
import Notation

/// Everything that decides what a run computes; two runs of equal configuration on one kind of
/// processor give the same bits.
public struct RunConfiguration: Equatable, Sendable {
  /// A script that took part, kept with the run.
  public struct Source: Equatable, Sendable {
    /// File name, without folders, unique among the sources.
    public var name: String
    /// The whole text.
    public var text: String

    /// Makes a source.
    public init(name: String, text: String) {
      (self.name, self.text) = (name, text)
    }
  }

  /// Name of the recipe or method, such as `movie-preferences`.
  public var subject: String
  /// Every option with the value it had, defaults included.
  public var options: JSONObject
  /// Names of the options that were set away from their defaults, most telling first.
  public var changed: [String]
  /// The seed all random numbers of the run derive from.
  public var seed: Int64
  /// The scripts: recipe, loss, reward.
  public var sources: [Source]
  /// Versions of the program and of the libraries it computes with.
  public var versions: JSONObject

  /// Makes a configuration.
  public init(
    subject: String, options: JSONObject, changed: [String] = [], seed: Int64,
    sources: [Source] = [], versions: JSONObject = [:]
  ) {
    (self.subject, self.options, self.changed) = (subject, options, changed)
    (self.seed, self.sources, self.versions) = (seed, sources, versions)
  }

  /// SHA-256 of all that decides the result, whatever the order of the options.
  public var contentHash: String {
    var sorted = JSONObject()
    for name in options.names.sorted() { sorted[name] = options[name] }
    let sourceHashes = sources.map { source -> JSONValue in
      [.string(source.name), .string(ContentHash.sha256(source.text.utf8))]
    }
    let content: JSONValue = [
      "subject": .string(subject), "options": .object(sorted), "seed": .integer(seed),
      "sources": .list(sourceHashes), "versions": .object(versions),
    ]
    return ContentHash.sha256(content.compactText.utf8)
  }

  /// Name of a run's folder: subject, changed options, seed and the start of the content hash,
  /// for example `movie-preferences-loss_ipo-beta_0.2-s3-1f3a9c2e`.
  ///
  /// At most three changed options are spelled, files without folders and
  /// extension, no part longer than 32 characters; the hash tells the rest apart.
  public var directoryName: String {
    let differences = changed.prefix(3).compactMap { name in
      options[name].map { Self.plain(name) + "_" + Self.shortened($0) }
    }
    let parts = [Self.plain(subject)] + differences + ["s\(seed)", String(contentHash.prefix(8))]
    return parts.joined(separator: "-")
  }

  private static func shortened(_ value: JSONValue) -> String {
    guard let text = value.string else { return plain(value.compactText) }
    let name = text.split(separator: "/").last.map(String.init) ?? text
    return plain(name.hasSuffix(".lua") ? String(name.dropLast(4)) : name)
  }

  /// Letters, digits, dots, hyphens and underscores, which no shell or file system minds.
  private static func plain(_ text: String) -> String {
    let characters = text.map { character -> Character in
      let isPlain = character.isASCII && (character.isLetter || character.isNumber)
      return isPlain || "._-".contains(character) ? character : "_"
    }
    // A leading dot would hide the folder.
    return String(String(characters).drop { $0 == "." }.prefix(32))
  }

  /// What `config.json` holds.
  func record(host: JSONObject, created: String) -> JSONObject {
    let sourceRecords = sources.map { source -> JSONValue in
      [
        "name": .string(source.name),
        "sha256": .string(ContentHash.sha256(source.text.utf8)),
      ]
    }
    return [
      "subject": .string(subject),
      "options": .object(options),
      "changed": .list(changed.map(JSONValue.string)),
      "seed": .integer(seed),
      "sources": .list(sourceRecords),
      "versions": .object(versions),
      "host": .object(host),
      "content_hash": .string(contentHash),
      "created": .string(created),
    ]
  }
}
