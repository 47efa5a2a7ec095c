"""Trains one step with each exported trainer of TRL; where TRL has the loss too, compares the two.

    trainer.py FOLDER      which holds dpo_torch.py, hinge_torch.py, ... of reference.lua
"""
import importlib.util
import math
import pathlib
import sys
import tempfile

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import DPOConfig, DPOTrainer

folder = pathlib.Path(sys.argv[1])
words = ["<pad>", "<eos>", "<unk>", "a", "b", "c", "d", "good", "bad", "fine", "poor"]


def tokenizer():
    base = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, "<unk>"))
    base.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=base, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def model(seed):
    torch.manual_seed(seed)
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2, pad_token_id=0, eos_token_id=1))


def trainer(kind, loss_type, place):
    rows = [
        {"prompt": "a b", "chosen": " good fine c", "rejected": " bad"},
        {"prompt": "c", "chosen": " fine", "rejected": " poor bad d"},
    ] * 2
    arguments = DPOConfig(
        output_dir=place, per_device_train_batch_size=4, max_steps=1, report_to=[],
        loss_type=[loss_type], beta=0.1, use_cpu=True, bf16=False, save_strategy="no",
        gradient_checkpointing=False, disable_tqdm=True)
    return kind(
        model=model(1), ref_model=model(2), args=arguments,
        train_dataset=Dataset.from_list(rows), processing_class=tokenizer())


def exported(file):
    """The trainer in an exported file; None for losses that read what TRL's trainer has not."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next((
        value for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, DPOTrainer) and value != DPOTrainer), None)


def step(kind, loss_type="sigmoid"):
    """The loss of the first step, and whether it moved the model, to finite numbers."""
    with tempfile.TemporaryDirectory() as place:
        one = trainer(kind, loss_type, place)
        before = [parameter.detach().clone() for parameter in one.model.parameters()]
        loss = one.train().training_loss
        after = list(one.model.parameters())
        moved = any(not torch.equal(x, y) for x, y in zip(before, after))
        return loss, moved and all(bool(torch.isfinite(x).all()) for x in after)


def main():
    failures = 0
    for name, loss_type in [("dpo", "sigmoid"), ("hinge", "hinge"), ("sppo_hard", "sppo_hard")]:
        mine = exported(folder / f"{name}_torch.py")
        if "beta" in mine.loss_arguments:
            mine.loss_arguments["beta"] = 0.1
        losses = [step(DPOTrainer, loss_type)[0], step(mine)[0]]
        agrees = abs(losses[0] - losses[1]) < 1e-5 * max(1, abs(losses[0]))
        failures += not agrees
        print(f"trl {name}: {losses[0]:.6f} and {losses[1]:.6f}{'' if agrees else ' DIFFER'}")
    stepped = 0
    for file in sorted(folder.glob("*_torch.py")):
        mine = None if file.name.startswith("op_") else exported(file)
        if mine is None:
            continue
        try:
            loss, moved = step(mine)
            wrong = None if math.isfinite(loss) and moved else f"loss {loss}, moved {moved}"
        except Exception as error:  # any failure of an exported file is a finding
            wrong = repr(error)
        stepped += wrong is None
        failures += wrong is not None
        if wrong:
            print(f"trl {file.stem}: {wrong}")
    print(f"trl: {stepped} exported trainers took a step")
    sys.exit(1 if failures else 0)


main()
