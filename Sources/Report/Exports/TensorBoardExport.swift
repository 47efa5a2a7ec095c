import ExperimentStore
import Foundation
import Notation

/// Trials as event files of TensorBoard: a folder a trial, with scalars along the steps, final
/// results, and options for its table of hyper-parameters.
public enum TensorBoardExport {
  /// Writes the folders.
  ///
  /// - Parameters:
  ///   - trials: What is exported.
  ///   - folder: Where; made where it is not there.
  /// - Returns: How many event files were written.
  /// - Throws: `ReportError` with the file that cannot be written.
  public static func write(_ trials: [ExportedTrial], to folder: URL) throws -> Int {
    var names: [String: Int] = [:]
    let first = trials.map(\.started).min() ?? 0
    var root = EventFile(time: first)
    root.add(experiment(trials), step: 0)
    try root.write(to: folder, serial: 0)
    for exported in trials {
      let base = name(exported.trial)
      names[base, default: 0] += 1
      let count = names[base] ?? 1
      let own = folder.appendingPathComponent(count == 1 ? base : "\(base)-\(count)")
      try file(exported).write(to: own, serial: count)
    }
    return trials.count + 1
  }

  /// `EXPERIMENT/ARM/TASK/seed-3`, without what file systems mind.
  static func name(_ trial: IndexedTrial) -> String {
    guard trial.kind == .experiment else { return plain(trial.entry) }
    let phase = trial.phase == "report" ? "" : trial.phase
    return [trial.entry, trial.arm, trial.task, phase].filter { !$0.isEmpty }.map(plain)
      .joined(separator: "/") + "/seed-\(trial.seed)"
  }

  private static func plain(_ text: String) -> String {
    let characters = text.map { character -> Character in
      let isPlain = character.isASCII && (character.isLetter || character.isNumber)
      return isPlain || "._-=".contains(character) ? character : "_"
    }
    return String(String(characters).drop { $0 == "." })
  }

  private static func file(_ exported: ExportedTrial) -> EventFile {
    var file = EventFile(time: exported.started)
    var start = ProtocolBuffer()
    for field in exported.trial.options.fields {
      guard let value = hyperparameter(field.value) else { continue }
      var entry = ProtocolBuffer()
      entry.add(1, text: field.name)
      entry.add(2, message: value)
      start.add(1, message: entry)
    }
    let group = name(exported.trial)
    start.add(4, text: group)
    start.add(5, double: exported.started)
    file.add(plugin("_hparams_/session_start_info", field: 3, start), step: 0)
    for curve in exported.curves {
      for (step, value) in zip(curve.steps, curve.values) {
        file.add(scalar(curve.metric, value), step: Int64(exactly: step.rounded()) ?? 0)
      }
    }
    for field in exported.trial.metrics.fields {
      guard let value = field.value.double else { continue }
      file.add(scalar("final/\(field.name)", value), step: 0)
    }
    var end = ProtocolBuffer()
    end.add(1, integer: exported.trial.isFinished ? 1 : 2)
    end.add(2, double: exported.ended)
    file.add(plugin("_hparams_/session_end_info", field: 4, end), step: 0)
    return file
  }

  /// A value of the kind that `google.protobuf.Value` holds.
  private static func hyperparameter(_ value: JSONValue) -> ProtocolBuffer? {
    var message = ProtocolBuffer()
    if let flag = value.bool {
      message.add(4, flag: flag)
    } else if let number = value.double {
      message.add(2, double: number)
    } else if let text = value.string {
      message.add(3, text: text)
    } else {
      return nil
    }
    return message
  }

  private static func scalar(_ tag: String, _ value: Double) -> ProtocolBuffer {
    var message = ProtocolBuffer()
    message.add(1, text: tag)
    message.add(2, float: Float(value))
    return message
  }

  /// A value that only carries data for the table of hyper-parameters.
  private static func plugin(
    _ tag: String, field: Int, _ content: ProtocolBuffer
  ) -> ProtocolBuffer {
    var data = ProtocolBuffer()
    data.add(field, message: content)
    var plugin = ProtocolBuffer()
    plugin.add(1, text: "hparams")
    plugin.add(2, message: data)
    var metadata = ProtocolBuffer()
    metadata.add(1, message: plugin)
    // A tensor of float32 without elements: its type, and a shape with one extent of 0.
    var shape = ProtocolBuffer()
    shape.add(2, message: ProtocolBuffer())
    var tensor = ProtocolBuffer()
    tensor.add(1, integer: 1)
    tensor.add(2, message: shape)
    var value = ProtocolBuffer()
    value.add(1, text: tag)
    value.add(8, message: tensor)
    value.add(9, message: metadata)
    return value
  }

  /// Which options and results the table has.
  private static func experiment(_ trials: [ExportedTrial]) -> ProtocolBuffer {
    var message = ProtocolBuffer()
    var options: [(name: String, kind: Int64)] = []
    var metrics: [String] = []
    for trial in trials.map(\.trial) {
      for field in trial.options.fields where !options.contains(where: { $0.name == field.name }) {
        let kind: Int64 = field.value.bool != nil ? 2 : field.value.double != nil ? 3 : 1
        options.append((field.name, kind))
      }
      for field in trial.metrics.fields
      where field.value.double != nil && !metrics.contains(field.name) {
        metrics.append(field.name)
      }
    }
    for option in options {
      var info = ProtocolBuffer()
      info.add(1, text: option.name)
      info.add(4, integer: option.kind)
      message.add(4, message: info)
    }
    for metric in metrics {
      var name = ProtocolBuffer()
      name.add(2, text: "final/\(metric)")
      var info = ProtocolBuffer()
      info.add(1, message: name)
      info.add(3, text: metric)
      message.add(5, message: info)
    }
    return plugin("_hparams_/experiment", field: 2, message)
  }
}

/// One event file: records with checksums.
struct EventFile {
  private let time: Double
  private(set) var bytes: [UInt8] = []

  init(time: Double) {
    self.time = time
    var event = ProtocolBuffer()
    event.add(1, double: time)
    event.add(3, text: "brain.Event:2")
    append(event)
  }

  /// Adds one summary value.
  mutating func add(_ value: ProtocolBuffer, step: Int64) {
    var summary = ProtocolBuffer()
    summary.add(1, message: value)
    var event = ProtocolBuffer()
    event.add(1, double: time)
    event.add(2, integer: step)
    event.add(5, message: summary)
    append(event)
  }

  private mutating func append(_ event: ProtocolBuffer) {
    let length = Self.bytes(UInt64(event.bytes.count))
    bytes += length + Self.bytes(Checksum.masked(length))
    bytes += event.bytes + Self.bytes(Checksum.masked(event.bytes))
  }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  /// The name tells TensorBoard that the file is its own; the same trials give the same names.
  func write(to folder: URL, serial: Int) throws {
    let file = folder.appendingPathComponent(
      "events.out.tfevents.\(Int64(time)).perigee.\(serial).v2")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    } catch {
      throw ReportError("\(file.path): cannot be written: \(error.localizedDescription)")
    }
  }
}
