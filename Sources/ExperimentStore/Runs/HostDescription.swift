import Foundation
import Notation

/// The machine a run was made on, as far as it bears on the bits of the results.
public enum HostDescription {
  /// Describes this machine.
  ///
  /// - Returns: `cpu` (its kind; equal kinds give equal bits), `vector_sets`, `cores`, `system`.
  public static func current() -> JSONObject {
    let processorInfo = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let sets = ["avx2", "fma", "avx512f", "asimd"]
    let flags = field(["flags", "Features"], of: processorInfo)?.split(separator: " ") ?? []
    let present = sets.filter { set in flags.contains { $0 == set } }
    return [
      "cpu": .string(processor(processorInfo)),
      "vector_sets": .list(present.map(JSONValue.string)),
      "cores": .integer(Int64(ProcessInfo.processInfo.activeProcessorCount)),
      "system": .string(ProcessInfo.processInfo.operatingSystemVersionString),
    ]
  }

  /// The model where the kernel names it, else the numbers of an ARM core, else the architecture.
  static func processor(_ information: String) -> String {
    if let model = field(["model name"], of: information) { return model }
    if let maker = field(["CPU implementer"], of: information),
      let part = field(["CPU part"], of: information)
    {
      return "implementer \(maker) part \(part)"
    }
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return withUnsafeBytes(of: &name.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private static func field(_ names: [String], of information: String) -> String? {
    for line in information.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let name = parts[0].trimmingCharacters(in: .whitespaces)
      if names.contains(name) { return parts[1].trimmingCharacters(in: .whitespaces) }
    }
    return nil
  }
}
