import LuaRuntime
import Notation
import TensorCore

/// `pg.loss`, `pg.divergence`, `pg.reward`, `pg.game` and the other declarations, and how what
/// they return behaves.
enum DeclarationFunctions {
  static func all(_ context: ScriptContext) -> [NativeFunction] {
    [
      .general("loss") { call in
        let declaration = try MethodDeclaration(.loss, call.table(0))
        _ = try LossContract(declaration)
        return [marked(declaration)]
      },
      .general("preference_model") { call in
        [marked(try MethodDeclaration(.preferenceModel, call.table(0)))]
      },
      .general("optimizer") { call in
        let declaration = try MethodDeclaration(.optimizer, call.table(0))
        _ = try ScriptOptimizer(declaration, name: "optimizer", call.state, context)
        return [marked(declaration)]
      },
      .general("schedule") { call in [marked(try MethodDeclaration(.schedule, call.table(0)))] },
      DivergenceFunctions.declare(context),
      .general("game") { call in [marked(try MethodDeclaration(.game, call.table(0)))] },
      .general("algorithm") { call in
        [marked(try MethodDeclaration(.algorithm, call.table(0)))]
      },
      input(.sampler), input(.selector), input(.diagnostic),
      .general("reward") { call in
        let declaration = try MethodDeclaration(.reward, call.table(0))
        if declaration.table["of"] == .string("numbers") {
          _ = try InputMethod(declaration, name: "reward", call.state, context)
          return [marked(declaration)]
        }
        let score = NativeFunction.general("score") { inner in
          let reward = try MethodReward(inner.state, declaration, inner[1].tableValue)
          return [.number(try reward.score(try inner.string(0)))]
        }
        var table = declaration.table
        table["score"] = .function(try call.state.function(score))
        table.className = declaration.family.rawValue
        return [.table(table)]
      },
    ]
  }

  /// `pg.sampler` and its like: methods of named tensors.
  private static func input(_ family: MethodDeclaration.Family) -> NativeFunction {
    .general(family.rawValue) { call in
      let declaration = try MethodDeclaration(family, call.table(0))
      _ = try InputDeclaration.read(declaration.table["inputs"], "\(family.rawValue): inputs")
      return [marked(declaration)]
    }
  }

  /// The metatables of declarations and of what `compute` is given.
  static func metatables(_ context: ScriptContext) -> [LuaMetatable] {
    let callable =
      ["loss", "preference_model"].map { name in
        LuaMetatable(
          name: name, metamethods: [LossCall.function(context), DeclarationText.function])
      } + [
        LuaMetatable(
          name: "optimizer",
          metamethods: [ScriptOptimizer.callFunction(context), DeclarationText.function]),
        LuaMetatable(
          name: "schedule", metamethods: [ScriptSchedule.callFunction, DeclarationText.function]),
        LuaMetatable(
          name: "game", metamethods: [ScriptGame.callFunction(context), DeclarationText.function]),
      ]
      + ["reward", "sampler", "selector", "diagnostic"].map { name in
        LuaMetatable(
          name: name, metamethods: [InputMethod.callFunction(context), DeclarationText.function])
      }
    let plain = ["divergence", "algorithm", ParameterFunctions.className].map {
      LuaMetatable(name: $0, metamethods: [DeclarationText.function])
    }
    let strict = LossTables.classNames.map { name in
      LuaMetatable(name: name, metamethods: [unknownField(name)])
    }
    return callable + plain + strict
  }

  private static func marked(_ declaration: MethodDeclaration) -> LuaValue {
    var table = declaration.table
    table.className = declaration.family.rawValue
    return .table(table)
  }

  /// Reading a field that is not there is an error that lists those that are.
  private static func unknownField(_ name: String) -> NativeFunction {
    .general("__index") { call in
      let table = call[0].tableValue ?? LuaTable()
      let key = call[1].stringValue ?? call[1].typeName
      let names = table.names
      let list = names.isEmpty ? "nothing" : names.joined(separator: ", ")
      throw DeclarationError(
        "the \(name) has no \"\(key)\"\(NearestName.hint(key, in: names)); it has \(list)")
    }
  }
}
