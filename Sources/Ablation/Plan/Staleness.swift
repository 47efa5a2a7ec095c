import ExperimentStore
import Foundation
import Notation

/// Why a recorded cell does not stand for a planned one of the same place.
struct Staleness {
  /// Where old texts are kept.
  let sources: URL
  /// Texts of the plan, by digest.
  let current: [String: SourceText]

  /// What differs, such as `loss source changed: line 12`.
  func reason(_ old: JSONObject, _ cell: TrialCell) -> String {
    let new = cell.parts
    var reasons: [String] = []
    let methods = (old["methods"]?.object ?? JSONObject(), new["methods"]?.object ?? JSONObject())
    for field in methods.1.fields where methods.0[field.name] != field.value {
      reasons.append(
        "\(field.name) source changed"
          + place(methods.0[field.name]?.string, field.value.string))
    }
    let tasks = (old["task"]?.object ?? JSONObject(), new["task"]?.object ?? JSONObject())
    reasons += Self.taskChanges(tasks.0, tasks.1).map { name in
      "\(name) changed" + place(tasks.0[name]?.string, tasks.1[name]?.string)
    }
    if old["data"] != new["data"] { reasons.append("data changed") }
    if old["varied"] != new["varied"] { reasons.append("what varies with the seed changed") }
    if let before = old["program"]?.string, let now = new["program"]?.string, before != now {
      reasons.append("program \(before) is now \(now)")
    }
    return reasons.isEmpty ? "its content changed" : reasons.joined(separator: "; ")
  }

  /// The names of what differs; of a specification, its fields with both values.
  private static func taskChanges(_ old: JSONObject, _ new: JSONObject) -> [String] {
    var names: [String] = []
    for field in new.fields where old[field.name] != field.value {
      guard let before = old[field.name]?.object, let now = field.value.object else {
        names.append(field.name)
        continue
      }
      for inner in now.fields where before[inner.name] != inner.value {
        let was = before[inner.name].map(ValueText.short) ?? "nothing"
        names.append("task \(inner.name) \(was) -> \(ValueText.short(inner.value)),")
      }
    }
    return names
  }

  /// `: line 12`, the first line that differs, where both texts are known.
  private func place(_ old: String?, _ new: String?) -> String {
    guard let old, let new, let now = current[new],
      let before = text(old)
    else { return "" }
    let lines = (
      before.split(separator: "\n", omittingEmptySubsequences: false),
      now.text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let same = zip(lines.0, lines.1).prefix { $0 == $1 }.count
    return ": line \(same + now.firstLine)"
  }

  private func text(_ digest: String) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? []
    guard let name = names.first(where: { $0.contains("-\(digest.prefix(8)).") }) else {
      return nil
    }
    return try? String(contentsOf: sources.appendingPathComponent(name), encoding: .utf8)
  }
}
