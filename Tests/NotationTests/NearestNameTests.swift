import Notation
import Testing

@Suite struct NearestNameTests {
  @Test func findsTypingErrors() {
    let names = ["softmax", "softplus", "log_sigmoid", "exp"]
    #expect(NearestName.find("sofmax", in: names) == "softmax")
    #expect(NearestName.find("log_sigmiod", in: names) == "log_sigmoid")
    #expect(NearestName.find("EXP", in: names) == "exp")
    #expect(NearestName.find("convolution", in: names) == nil)
    #expect(NearestName.hint("softplu", in: names) == "; did you mean \"softplus\"?")
    #expect(NearestName.hint("zzz", in: names) == "")
    #expect(NearestName.find("", in: names) == nil)
    #expect(NearestName.find("x", in: []) == nil)
  }

  @Test func swappedLettersAreOneEdit() {
    #expect(NearestName.find("adma", in: ["sgd", "adam", "lion"]) == "adam")
    #expect(NearestName.find("slef", in: ["self"]) == "self")
    #expect(NearestName.find("runz", in: ["report", "runs", "run"]) == "runs")
    #expect(NearestName.find("qqqqqq", in: ["sgd", "adam", "lion"]) == nil)
  }
}
