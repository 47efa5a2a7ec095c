import LuaBindings
import Notation

/// Tasks from their specifications.
public enum TrialTasks {
  /// The task that a specification describes, such as one that crossed a pipe.
  ///
  /// - Parameter specification: what `TrialTask.specification` gave, or a description by hand.
  /// - Returns: a task that gives the same numbers.
  /// - Throws: `DeclarationError` for one that describes none.
  public static func make(_ specification: JSONObject) throws -> any TrialTask {
    try LaboratoryTask(specification)
  }
}
