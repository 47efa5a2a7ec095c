import LuaBindings

/// Checks of rewards of text: a finite number for whatever text, the same each time.
struct RewardCheck {
  let catalogue: MethodCatalogue
  let entry: MethodEntry

  private static let texts = [
    "a good film", "", " ", "bad, bad!\nworse", "ünïcödé ✓ 電影",
    String(repeating: "word ", count: 500),
  ]

  func run(_ report: inout CheckReport) {
    if (try? catalogue.inputMethod(entry.path)) != nil {
      return InputCheck(catalogue: catalogue, entry: entry).run(&report)
    }
    let reward: MethodReward
    do {
      reward = try catalogue.reward(entry.path)
    } catch {
      report.add(
        .warning, "prepare", "could not be tried with its defaults: \(error)")
      return
    }
    var scores: [Double] = []
    report.run("finite", "a finite number for empty, long and foreign texts") {
      for text in Self.texts {
        let score = try reward.score(text)
        guard score.isFinite else { return "\"\(text.prefix(20))\" has the reward \(score)" }
        scores.append(score)
      }
      return nil
    }
    report.run("same", "a text has the same reward each time") {
      for (text, score) in zip(Self.texts, scores) where try reward.score(text) != score {
        return "\"\(text.prefix(20))\" had \(score) and then something else"
      }
      return nil
    }
    if scores.count == Self.texts.count, scores.allSatisfy({ $0 == scores[0] }) {
      report.add(.warning, "depends", "every text that was tried has the reward \(scores[0])")
    }
  }
}
