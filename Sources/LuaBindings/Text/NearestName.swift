import LuaRuntime

/// Finds what somebody probably meant.
public enum NearestName {
  /// The name closest to `word`, or nil where none is close enough to be worth proposing.
  public static func find(_ word: String, in names: some Sequence<String>) -> String? {
    word.isEmpty ? nil : nearestName(to: word, in: Array(names))
  }

  /// `; did you mean "dpo"?`, or nothing where no name is close.
  public static func hint(_ word: String, in names: some Sequence<String>) -> String {
    find(word, in: names).map { "; did you mean \"\($0)\"?" } ?? ""
  }
}
