import TensorCore
import TestSupport
import Testing

/// What scripts see: indices from 1, shapes, types and messages.
struct ScriptSemanticsTests {
  let graph = Graph()

  private func matrix(_ rows: [[Double]]) throws -> Tensor {
    try graph.tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }

  private func call(_ name: String, _ values: Arguments.Value...) throws -> [Tensor] {
    try #require(Catalogue.named(name)).call(values, in: graph)
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test func placesCountFromOne() throws {
    let x = try matrix([[3, 1, 2], [0, 5, 5]])
    #expect(try call("argmax", .tensor(x), .integers([1]))[0].integers() == [1, 2])
    #expect(try call("argmin", .tensor(x))[0].integers() == [4])
    let sorted = try call("sort", .tensor(x))
    #expect(try sorted[0].doubles() == [1, 2, 3, 0, 5, 5])
    #expect(try sorted[1].integers() == [2, 3, 1, 1, 2, 3])
    let top = try call("topk", .tensor(x), .integers([2]), .integers([1]))
    #expect(try top[0].doubles() == [3, 2, 5, 5])
    #expect(try top[1].integers() == [1, 3, 2, 3])
    let low = try call("topk", .tensor(x), .integers([1]), .integers([0]), .flag(false))
    #expect(try low[0].doubles() == [0, 1, 2])
    let running = try call("cummax", .tensor(x), .integers([1]))
    #expect(try running[0].doubles() == [3, 3, 3, 0, 5, 5])
    #expect(try running[1].integers() == [1, 1, 1, 1, 2, 3])
    let back = try call("cummin", .tensor(x), .integers([1]), .flag(true))
    #expect(try back[0].doubles() == [1, 1, 2, 0, 5, 5])
    #expect(try back[1].integers() == [2, 2, 3, 1, 2, 3])
    let largest = try call("max", .tensor(x), .integers([1]), .flag(true))
    #expect(largest[0].shape == [2, 1])
    #expect(try largest[1].integers() == [1, 2])
  }

  @Test func indicesCountFromOne() throws {
    let x = try matrix([[1, 2, 3], [4, 5, 6]])
    let index = graph.tensor([Int64(3), 1])
    let rows = graph.tensor([Int64(2), 2, 1])
    #expect(
      try call("index_select", .tensor(x), .integers([1]), .tensor(index))[0].doubles()
        == [3, 1, 6, 4])
    #expect(try call("embedding", .tensor(x), .tensor(rows))[0].shape == [3, 3])
    #expect(try call("one_hot", .tensor(index), .integers([3]))[0].floats() == [0, 0, 1, 1, 0, 0])
    #expect(try call("take", .tensor(x), .tensor(index))[0].doubles() == [3, 1])
    #expect(try call("bincount", .tensor(rows), .integers([3]))[0].integers() == [1, 2, 0])
    let part = try call("slice", .tensor(x), .integers([1]), .integers([2]), .integers([-1]))
    #expect(try part[0].doubles() == [2, 3, 5, 6])
    #expect(
      try call("select", .tensor(x), .integers([0]), .integers([-1]))[0].doubles() == [4, 5, 6])
    #expect(
      try call("narrow", .tensor(x), .integers([1]), .integers([2]), .integers([2]))[0].doubles()
        == [2, 3, 5, 6])
    let bad = message {
      _ = try call("select", .tensor(x), .integers([0]), .integers([0]))
    }
    #expect(bad == "select: index 0 is outside axis 1 of shape [2, 3]")
    #expect(
      message { _ = try call("embedding", .tensor(x), .tensor(x)) }
        == "embedding: argument 2 must hold int64 indices, got float64 [2, 3]")
  }

  @Test func segmentsAreGroupsOfRows() throws {
    let x = try matrix([[1, 2], [3, 4], [5, 6]])
    let segment = graph.tensor([Int64(2), 1, 2])
    func over(_ name: String) throws -> [Double] {
      try call(name, .tensor(x), .tensor(segment), .integers([3]))[0].doubles()
    }
    #expect(try over("segment_sum") == [3, 4, 6, 8, 0, 0])
    #expect(try over("segment_mean") == [3, 4, 3, 4, 0, 0])
    #expect(try over("segment_max") == [3, 4, 5, 6, -.infinity, -.infinity])
    #expect(try over("segment_min") == [3, 4, 1, 2, .infinity, .infinity])
    #expect(try over("segment_logsumexp")[4] == -.infinity)
  }

  @Test func tensorsComeApart() throws {
    let x = try matrix([[1, 2, 3, 4, 5]])
    let sized = try call("split", .tensor(x), .integers([2]), .integers([1]))
    #expect(sized.map(\.shape) == [[1, 2], [1, 2], [1, 1]])
    let listed = try call("split", .tensor(x), .integers([1, 4]), .integers([-1]))
    #expect(try listed[1].doubles() == [2, 3, 4, 5])
    #expect(try call("chunk", .tensor(x), .integers([3]), .integers([1])).count == 3)
    #expect(try call("unbind", .tensor(x), .integers([1]))[4].doubles() == [5])
    let stacked = try call("stack", .tensors([x, x]), .integers([-1]))[0]
    #expect(stacked.shape == [1, 5, 2])
    #expect(try call("tile", .tensor(x), .integers([2, 1]))[0].shape == [2, 5])
    #expect(
      message { _ = try call("split", .tensor(x), .integers([1, 1]), .integers([1])) }
        == "split: sizes [1, 1] do not add up to axis 2 of shape [1, 5]")
    #expect(
      message { _ = try call("reshape", .tensor(x), .integers([2, -1])) }
        == "reshape: shape [1, 5] does not fit [2, -1]")
  }

  @Test func truthOverAxes() throws {
    let x = try matrix([[0, 1], [1, 1], [0, 0]])
    #expect(try call("any", .tensor(x), .integers([1]))[0].doubles() == [1, 1, 0])
    #expect(try call("all", .tensor(x), .integers([1]))[0].doubles() == [0, 1, 0])
    #expect(try call("count_nonzero", .tensor(x))[0].integers() == [3])
    #expect(try call("sum", .tensor(x.gt(0)))[0].integers() == [3])
    #expect(try call("any", .tensor(graph.full([0], 1, .float64)))[0].item() == 0)
  }

  @Test func quantilesAndMedians() throws {
    let x = graph.tensor([4.0, 1, 3, 2])
    #expect(try call("median", .tensor(x))[0].item() == 2)
    #expect(try call("quantile", .tensor(x), .number(0.5))[0].item() == 2.5)
    #expect(try call("kthvalue", .tensor(x), .integers([3]))[0].item() == 3)
    #expect(try call("kthvalue", .tensor(x), .integers([3]))[1].item() == 3)
    let holed = graph.tensor([4.0, .nan, 3])
    #expect(try call("median", .tensor(holed))[0].item().isNaN)
    #expect(try call("nansum", .tensor(holed))[0].item() == 7)
    #expect(try call("nanmean", .tensor(holed))[0].item() == 3.5)
  }
}
