import LuaBindings
import TensorCore
import Testing

@Suite struct TensorTextTests {
  private func text(_ values: [Double], _ dims: [Int], _ dtype: DType = .float32) -> String {
    TensorText.describe(values, shape: Shape(dims), dtype: dtype)
  }

  @Test func alignsRows() {
    #expect(
      text([1, 2.5, -3, 10, 0.25, 6], [2, 3])
        == " 1.0000   2.5000  -3.0000\n10.0000   0.2500   6.0000\nfloat32 [2, 3]")
  }

  @Test func writesScalarsAndEmptyTensors() {
    #expect(text([0.5], []) == "0.5000  float32 []")
    #expect(text([], [0, 3]) == "float32 [0, 3]")
    #expect(text([1, 0], [2], .bool) == " true  false\nbool [2]")
    #expect(text([1, 20], [2], .int64) == " 1  20\nint64 [2]")
  }

  @Test func elidesLongAxes() {
    let long = text((0..<40).map(Double.init), [40])
    #expect(long.hasPrefix(" 0.0   1.0   2.0   3.0   4.0   5.0   6.0 "), "\(long)")
    #expect(long.hasSuffix(" 38.0  39.0\nfloat32 [40]"), "\(long)")
    #expect(long.contains("  ...  "))
    let square = text([Double](repeating: 1, count: 1_000_000), [1000, 1000])
    #expect(square.split(separator: "\n").count == 12)
  }

  @Test(arguments: [20, 37, 80, 200])
  func fitsTheWindow(columns: Int) {
    let page = TensorText.page(Shape([30, 500]), .float32, columns: columns) {
      Double($0) * 1.375 - 900
    }
    let lines = page.split(separator: "\n")
    let longest = lines.map(\.count).max() ?? 0
    #expect(longest <= max(columns, 36), "\(page)")
    #expect(Set(lines.dropLast().filter { $0 != "..." }.map(\.count)).count == 1, "\(page)")
  }

  @Test func fitsIntoALine() {
    let line = { TensorText.line(Shape($0), .float32) { Double($0) + 1 } }
    #expect(line([2]) == "(1.0, 2.0) float32 [2]")
    #expect(line([]) == "1.0 (float32 [])")
    #expect(line([3, 3]) == "float32 [3, 3]")
    #expect(line([100]) == "float32 [100]")
    #expect(line([0]) == "float32 [0]")
  }

  @Test func survivesWhatIsNotFinite() {
    let values = [Double.nan, .infinity, -.infinity, 1.5]
    #expect(text(values, [4]) == "   nan     inf    -inf  1.5000\nfloat32 [4]")
    #expect(text([.nan], [1]).hasPrefix("nan"))
    #expect(text([1e-9, 2], [2], .float64) == "1.0000e-09  2.0000e+00\nfloat64 [2]")
  }

  @Test func namesTheSlabsOfHigherRanks() {
    let cube = text([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])
    #expect(cube.hasPrefix("[1, :, :]\n1.0  2.0\n3.0  4.0\n[2, :, :]\n"))
  }
}
