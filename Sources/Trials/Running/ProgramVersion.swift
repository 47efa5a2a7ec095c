/// The version of this program, recorded with every run.
public enum ProgramVersion {
  /// Major, minor, patch.
  public static let current = "0.1.0"
}
