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
    let long = text((0..<20).map(Double.init), [20])
    #expect(long == " 0.0   1.0   2.0  ...  17.0  18.0  19.0\nfloat32 [20]")
    #expect(text([Double](repeating: 1, count: 1_000_000), [1000, 1000]).count < 400)
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
