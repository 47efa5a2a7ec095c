import LuaBindings

/// A subclass of TRL's DPOTrainer that trains with an exported pairwise loss.
struct TorchTrainer {
  private let recording: MethodRecording
  private let inputs: [String]

  /// nil for a loss that reads what that trainer does not have.
  init?(_ recording: MethodRecording, _ inputs: [String]) {
    guard recording.contract?.kind == .pairwise else { return nil }
    let known = ["chosen", "rejected"].flatMap { side in
      (["log_prob", "ref_log_prob", "length"] + LossFields.tokens).map { "\(side).\($0)" }
    }
    let plain = inputs.filter { PythonNames.defaults[$0] == nil }
    guard plain.allSatisfy(known.contains) else { return nil }
    self.recording = recording
    self.inputs = plain
  }

  private var function: String { PythonNames.function(recording.entry.stem) }
  private var type: String { PythonNames.type(recording.entry.stem).droppingLoss + "LossTrainer" }
  private var hasState: Bool { !(recording.contract?.state.isEmpty ?? true) }

  var lines: [String] {
    let settings = recording.realParameters.map { parameter in
      let value = recording.values[parameter.name]?.description ?? "0.0"
      return "\"\(PythonNames.leaf(.parameter(parameter.name)))\": \(value)"
    }
    return [
      "", "", "try:", "    from trl import DPOTrainer",
      "except ImportError:  # the loss itself needs PyTorch alone", "    DPOTrainer = object",
      "", "", "class \(type)(DPOTrainer):",
      "    \"\"\"TRL's DPOTrainer with this loss in place of its own; tried with TRL 1.16.\"\"\"",
      "", "    loss_arguments = {\(settings.joined(separator: ", "))}",
    ] + (hasState ? ["    loss_state = None"] : []) + computing + classic + helpers
  }

  /// `compute_loss` of TRL 1.x, whose rows are the chosen completions and then the rejected ones.
  private var computing: [String] {
    var lines = [
      "",
      "    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):",
      "        if \"completion_mask\" not in inputs:  # before TRL 1.0: see dpo_loss",
      "            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)",
      "        token_logps, mask = self._token_logps(model, inputs)",
      "        ref_token_logps = self._reference_logps(model, inputs)",
      "        chosen_token_logps, rejected_token_logps = token_logps.chunk(2)",
      "        ref_chosen_token_logps, ref_rejected_token_logps = ref_token_logps.chunk(2)",
      "        chosen_mask, rejected_mask = mask.chunk(2)",
      "        chosen_logps = chosen_token_logps.sum(-1)",
      "        rejected_logps = rejected_token_logps.sum(-1)",
      "        ref_chosen_logps = ref_chosen_token_logps.sum(-1)",
      "        ref_rejected_logps = ref_rejected_token_logps.sum(-1)",
    ]
    if inputs.contains(where: { $0.hasSuffix(".length") }) {
      lines.append("        chosen_lengths = chosen_mask.sum(-1)")
      lines.append("        rejected_lengths = rejected_mask.sum(-1)")
    }
    lines += call(indent: "        ")
    return lines + [
      "        margins = (chosen_logps - ref_chosen_logps) - (rejected_logps - ref_rejected_logps)",
      "        margins = self.beta * margins.detach()",
      "        mode = \"train\" if model.training else \"eval\"",
      "        self._metrics[mode][\"rewards/margins\"].append(margins.mean().item())",
      "        accuracy = (margins > 0).float().mean().item()",
      "        self._metrics[mode][\"rewards/accuracies\"].append(accuracy)",
      "        loss = losses.mean()",
      "        return (loss, {\"losses\": losses.detach()}) if return_outputs else loss",
    ]
  }

  private func call(indent: String) -> [String] {
    var list = inputs.map(PythonNames.input) + ["**self.loss_arguments"]
    guard hasState else { return wrapped("losses = \(function)(", list, indent) }
    list.append("state=self.loss_state")
    return wrapped("losses, state = \(function)(", list, indent) + [
      "\(indent)self.loss_state = {",
      "\(indent)    name: torch.as_tensor(value).detach() for name, value in state.items()}",
    ]
  }

  private func wrapped(_ head: String, _ list: [String], _ indent: String) -> [String] {
    let line = indent + head + list.joined(separator: ", ") + ")"
    if line.count <= 96 { return [line] }
    return [indent + head] + PythonNames.wrap(list, indent: indent + "    ") + [indent + ")"]
  }

  /// What TRL before 1.0 calls; it passes the four sums only.
  private var classic: [String] {
    guard inputs.allSatisfy({ $0.hasSuffix("log_prob") }) else { return [] }
    return [
      "",
      "    def dpo_loss(",
      "        self, chosen_logps, rejected_logps, ref_chosen_logps, ref_rejected_logps,",
      "        loss_type=None, model_output=None,",
      "    ):",
    ] + call(indent: "        ") + [
      "        chosen_rewards = self.beta * (chosen_logps - ref_chosen_logps).detach()",
      "        rejected_rewards = self.beta * (rejected_logps - ref_rejected_logps).detach()",
      "        return losses, chosen_rewards, rejected_rewards",
    ]
  }

  private var helpers: [String] {
    [
      "", "    def _token_logps(self, model, inputs):",
      "        \"\"\"Log-probabilities of completion tokens, 0 elsewhere; where they are.\"\"\"",
      "        skipped = (\"completion_mask\", \"ref_chosen_logps\", \"ref_rejected_logps\")",
      "        arguments = {key: value for key, value in inputs.items() if key not in skipped}",
      "        logits = model(**arguments, use_cache=False).logits[:, :-1]",
      "        targets = inputs[\"input_ids\"][:, 1:].unsqueeze(-1)",
      "        mask = inputs[\"completion_mask\"][:, 1:].to(logits.dtype)",
      "        return logits.log_softmax(-1).gather(-1, targets).squeeze(-1) * mask, mask",
      "", "    def _reference_logps(self, model, inputs):",
      "        with torch.no_grad():",
      "            if self.ref_model is not None:",
      "                return self._token_logps(self.ref_model, inputs)[0]",
      "            with self.accelerator.unwrap_model(model).disable_adapter():",
      "                return self._token_logps(model, inputs)[0]",
    ]
  }
}

extension String {
  /// `MyLoss` as `My`, so that a trainer's name does not say it twice.
  fileprivate var droppingLoss: String {
    hasSuffix("Loss") ? String(dropLast(4)) : self
  }
}
