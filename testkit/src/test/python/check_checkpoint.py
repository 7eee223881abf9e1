#!/usr/bin/env python3
"""Opens a directory that dpo4j wrote in transformers, and compares what both compute with it.

usage: check_checkpoint.py MODEL [--dpo4j PATH] [--backend NAME] [--seed N]
needs: torch 2.8, transformers 5.23 (CPU); a built ./dpo4j

Rows of random token ids are scored by `dpo4j score` and by transformers, in float32. Two prompts are followed by every id of the vocabulary (the
first 256): their log-probs are the logits, less one number for all. Fails where a tensor is missing or left over, where the type in config.json is not that
of the file, or where a number differs by more than 2e-4.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import safetensors
import torch
import transformers

TOLERANCE = 2e-4
parser = argparse.ArgumentParser()
parser.add_argument("model", type=pathlib.Path)
parser.add_argument("--dpo4j", default=str(pathlib.Path(__file__).resolve().parents[4] / "dpo4j"))
parser.add_argument("--backend", default="djl")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()


def rows(vocabulary, context):
    draw = random.Random(options.seed)
    ids = lambda n: [draw.randrange(vocabulary) for _ in range(n)]
    longest = min(context, 48)
    for prompt, chosen, rejected in ((1, 1, 2), (5, 3, 7), (longest // 2, longest // 2, 3), (longest // 4, 9, 9)):
        yield dict(prompt_ids=ids(prompt), chosen_ids=ids(chosen), rejected_ids=ids(rejected))
    for prompt in (ids(3), ids(longest // 2)):
        for first in range(0, min(vocabulary, 256) - 1, 2):
            yield dict(prompt_ids=prompt, chosen_ids=[first], rejected_ids=[first + 1])


def scored_by_dpo4j(data):
    with tempfile.TemporaryDirectory() as directory:
        source, target = pathlib.Path(directory, "rows.jsonl"), pathlib.Path(directory, "scores.jsonl")
        source.write_text("".join(json.dumps(row) + "\n" for row in data))
        command = [options.dpo4j, "score", "--model", options.model, "--data", source, "--output", target]
        subprocess.run(command + ["--token_logps", "true", "--threads", "1", "--backend", options.backend], check=True)
        return [json.loads(line) for line in target.read_text().splitlines()]


def open_in_transformers():
    model, info = transformers.AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32, output_loading_info=True)
    odd = {k: sorted(map(str, v)) for k, v in info.items() if v}
    if odd:
        sys.exit(f"transformers opened {options.model} with {odd}")
    told = json.loads((options.model / "config.json").read_text())
    told = told.get("dtype", told.get("torch_dtype"))
    for file in options.model.glob("*.safetensors"):
        with safetensors.safe_open(file, "pt") as tensors:
            stored = {str(tensors.get_tensor(name).dtype) for name in tensors.keys()}
        if stored != {f"torch.{told}"}:
            sys.exit(f"config.json says {told}, {file} holds {stored}")
    return model.eval()


def log_probs(model, prompt, completion):
    with torch.no_grad():
        logits = model(torch.tensor([prompt + completion])).logits[0]
    return logits.log_softmax(-1)[len(prompt) - 1 : -1].gather(1, torch.tensor(completion)[:, None])[:, 0].tolist()


transformers.utils.logging.set_verbosity_error()
model = open_in_transformers()
data = list(rows(model.config.vocab_size, model.config.max_position_embeddings))
worst = numbers = 0
for row, score in zip(data, scored_by_dpo4j(data), strict=True):
    for side in ("chosen", "rejected"):
        expected, actual = log_probs(model, row["prompt_ids"], row[side + "_ids"]), score["token_logps/" + side]
        differences = [abs(x - y) for x, y in zip(expected, actual, strict=True)]
        worst, numbers = max([worst, *differences]), numbers + len(differences)
print(f"{options.model}: {numbers} log-probs, the largest difference {worst:.1e}")
sys.exit(0 if worst <= TOLERANCE else 1)
