#!/usr/bin/env python3
"""Records what TRL computes, so that parity is proved from a clone alone: a tiny Llama with random weights, a word-level tokenizer, some
twenty preference rows made from a grammar, and every step of short training runs.

usage: record_parity.py [DIRECTORY]      default: testkit/src/main/resources/org/dpo4j/testkit/parity
needs: torch 2.8, transformers 5.23, trl 1.16 (CPU)

Writes DIRECTORY/model (config.json, model.safetensors, tokenizer.json, tokenizer_config.json) and DIRECTORY/RUN.json:
versions, options (what isn't named: TRL's default, but float32, no gradient checkpointing, rows in order, one epoch, seed 0),
rows (text), tokens (TRL's ids of each row that it kept), steps (TRL's log of every optimizer step), before and after (log-probs of chosen and rejected of
each kept row, sums over completion tokens) and parameterNorms (L2, after). Log-probs are computed here, from logits, apart from TRL.
"""
import json
import pathlib
import random
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
import tokenizers
import torch
import transformers
import trl
from datasets import Dataset, disable_progress_bars

disable_progress_bars()
transformers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
torch.set_num_threads(1)

TARGET = pathlib.Path(__file__).resolve().parents[2] / "main/resources/org/dpo4j/testkit/parity"
FIXED = dict(use_cpu=True, bf16=False, gradient_checkpointing=False, report_to="none", save_strategy="no", disable_tqdm=True, logging_steps=1)
DEFAULTS = dict(seed=0, train_sampling_strategy="sequential", num_train_epochs=1)
STEP = dict(per_device_train_batch_size=4, learning_rate=3e-3)
RUNS = {
    "sigmoid": dict(STEP, gradient_accumulation_steps=2, num_train_epochs=2, lr_scheduler_type="linear", warmup_steps=2, weight_decay=0.05),
    "sigmoid-shuffled": dict(STEP, gradient_accumulation_steps=4, num_train_epochs=2, train_sampling_strategy="random", seed=7,
                             lr_scheduler_type="cosine", warmup_steps=0.3, beta=0.3, max_grad_norm=0.5, adam_beta2=0.95, adam_epsilon=1e-6),
    # TRL's sigmoid ignores label smoothing; its aot over batches of one row is conservative DPO.
    "cdpo": dict(per_device_train_batch_size=1, gradient_accumulation_steps=4, learning_rate=3e-3, loss_type=["aot"], label_smoothing=0.1),
    "robust": dict(STEP, loss_type=["robust"], label_smoothing=0.2, lr_scheduler_type="constant"),
    "ipo": dict(STEP, loss_type=["ipo"]),
    "hinge": dict(STEP, loss_type=["hinge"], beta=0.5),
    "sft": dict(STEP, loss_type=["sft"], gradient_accumulation_steps=3),
    "rpo": dict(STEP, loss_type=["sigmoid", "sft"], loss_weights=[1.0, 0.5]),
    "keep-end": dict(STEP, loss_type=["ipo"], max_length=9, truncation_mode="keep_end"),
    "dropped": dict(STEP, max_length=11),
}
OURS = {"aot": "cdpo"}


def sentences(draw, kinds):
    return " . ".join(" ".join(draw.choice(WORDS[k]) for k in ("the", "adjective", "noun", kind, "the", "noun")) for kind in kinds)


WORDS = dict(
    the=["the", "a", "that"],
    adjective=["old", "quiet", "red", "clever", "hungry", "last"],
    noun=["fox", "lamp", "door", "river", "king", "letter", "garden", "ship", "map", "song"],
    past=["opened", "lost", "carried", "hid", "followed", "painted"],
    future=["opens", "loses", "carries", "hides", "follows", "paints"],
)


def preference_rows():
    """Prompts and answers of many lengths; two equal answers, and two with a common beginning, among them."""
    draw, rows = random.Random(11), []
    for i in range(22):
        answers = [" " + " ".join(sentences(draw, ["past"] * 2).split()[: draw.randint(2, 12)]) for _ in range(2)]
        if i == 5:
            answers[1] = answers[0]
        if i == 6:
            answers[1] = " ".join(answers[0].split(" ")[:3]) + " song"
        rows.append(dict(prompt=" ".join(sentences(draw, ["future"] * 2).split()[: draw.randint(1, 13)]), chosen=answers[0], rejected=answers[1]))
    return rows


def make_model(directory):
    vocabulary = ["<unk>", "<s>", "</s>", "."] + sorted({w for words in WORDS.values() for w in words})
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: i for i, w in enumerate(vocabulary)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="</s>", model_max_length=64
    ).save_pretrained(directory)
    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=64, rms_norm_eps=1e-5, initializer_range=0.2, bos_token_id=1, eos_token_id=2, pad_token_id=2, tie_word_embeddings=False)
    transformers.LlamaForCausalLM(config).save_pretrained(directory)
    (directory / "generation_config.json").unlink()


def log_probs(model, tokens, config):
    model.eval()
    sums = []
    for row in tokens:
        pair = {}
        for side in ("chosen", "rejected"):
            ids, completion = row["prompt_ids"] + row[side + "_ids"], len(row[side + "_ids"])
            end = config.truncation_mode == "keep_end"
            over = max(0, len(ids) - config.max_length)
            ids = ids[over:] if end else ids[: len(ids) - over]
            completion = min(completion if end else completion - over, len(ids) - 1)  # a first token has no predecessor
            with torch.no_grad():
                each = model(torch.tensor([ids])).logits[0].double().log_softmax(-1)
            pair[side] = float(each[len(ids) - completion - 1 : -1].gather(1, torch.tensor(ids[len(ids) - completion :])[:, None]).sum())
        sums.append(pair)
    return sums


def record(directory, options, rows):
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
    model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
    with tempfile.TemporaryDirectory() as output:
        config = trl.DPOConfig(output_dir=output, **FIXED, **(DEFAULTS | options))
        trainer = trl.DPOTrainer(model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=tokenizer)
        tokens = [{k: v for k, v in row.items() if k in ("prompt_ids", "chosen_ids", "rejected_ids")} for row in trainer.train_dataset]
        before = log_probs(trainer.model, tokens, config)
        trainer.train()
        after = log_probs(trainer.model, tokens, config)
    norms = {n: float(p.detach().double().norm()) for n, p in trainer.model.named_parameters()}
    ours = dict(options, **({"loss_type": [OURS.get(x, x) for x in options["loss_type"]]} if "loss_type" in options else {}))
    return dict(
        versions=dict(torch=torch.__version__, transformers=transformers.__version__, trl=trl.__version__),
        options=ours, rows=rows, tokens=tokens, steps=[x for x in trainer.state.log_history if "loss" in x], before=before, after=after, parameterNorms=norms)


def compact(value):
    """Ten digits, and a line for each row and step."""
    def rounded(x):
        if isinstance(x, float):
            return float("%.10g" % x)
        if isinstance(x, list):
            return [rounded(y) for y in x]
        return {k: rounded(y) for k, y in x.items()} if isinstance(x, dict) else x

    def lines(x):
        if isinstance(x, list):
            return "[\n  " + ",\n  ".join(json.dumps(rounded(y)) for y in x) + "\n]"
        return json.dumps(rounded(x))

    return "{\n" + ",\n".join(json.dumps(k) + ": " + lines(v) for k, v in value.items()) + "\n}\n"


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    (target / "model").mkdir(parents=True, exist_ok=True)
    make_model(target / "model")
    rows = preference_rows()
    for name, options in RUNS.items():
        run = record(target / "model", options, rows)
        (target / (name + ".json")).write_text(compact(run))
        print(name, len(run["tokens"]), "rows,", len(run["steps"]), "steps, loss", [round(s["loss"], 4) for s in run["steps"]])


if __name__ == "__main__":
    main()
