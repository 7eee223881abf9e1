#!/usr/bin/env python3
"""Records what transformers computes with tiny Llamas of every kind, so that parity is proved from a clone alone.

usage: record_models.py [DIRECTORY]      default: testkit/src/main/resources/org/dpo4j/testkit/models
needs: torch 2.8, transformers 5.23 (CPU)

Writes DIRECTORY/NAME/{config.json, model.safetensors (or shards with an index), expected.json}. expected.json has examples
[{prompt, completions, tokenLogProbs: per completion}] and lastLogits: all logits after the last token of each example's first completion; both
computed in float64 from the weights as stored. The tables of rotary positions are float32 in transformers.
"""
import copy
import json
import pathlib
import shutil
import sys

import torch
import transformers

TARGET = pathlib.Path(__file__).resolve().parents[2] / "main/resources/org/dpo4j/testkit/models"
BASE = dict(
    vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=6,
    max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)


def rope(kind, theta=10000.0, **more):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=theta, **more))


# per model: configuration, how the weights are stored, whether config.json is written as before transformers 5
MODELS = {
    "default-sharded": (dict(rms_norm_eps=1e-3, **rope("default", 500.0)), dict(dtype="float32", max_shard_size="9KB"), False),
    "linear-biases": (dict(attention_bias=True, mlp_bias=True, **rope("linear", factor=4.0)), dict(dtype="bfloat16"), True),
    "dynamic": (dict(max_position_embeddings=16, **rope("dynamic", 300.0, factor=2.0)), dict(dtype="float16"), False),
    "llama3-tied": (
        dict(tie_word_embeddings=True, **rope("llama3", 700.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
        dict(dtype="bfloat16"), True),
    "yarn": (rope("yarn", 90.0, factor=4.0, original_max_position_embeddings=16), dict(dtype="bfloat16"), True),
    "yarn-all-keys": (
        rope("yarn", 90.0, factor=4.0, original_max_position_embeddings=16, beta_fast=3.0, beta_slow=0.6, truncate=False, mscale=1.3, mscale_all_dim=0.7),
        dict(dtype="bfloat16"), False),
}
LENGTHS = ((5, (3, 7)), (1, (1, 2)), (20, (19, 4)), (2, (4, 4, 1)))


def as_older_releases(config):
    parameters = config.pop("rope_parameters")
    config["rope_theta"] = parameters.pop("rope_theta")
    config["rope_scaling"] = dict(parameters, type=parameters["rope_type"])
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.46.0"
    return config


def randomized(config):
    model = transformers.LlamaForCausalLM(config)
    with torch.no_grad():  # larger than a usual initialization, so that attention, rotation and norms all matter
        for name, p in model.named_parameters():
            if p.dim() == 2:
                p.normal_(0, 0.4 if "embed" in name else 1.4 / p.shape[1] ** 0.5)
            else:
                p.copy_((0.0 if "bias" in name else 1.0) + 0.2 * torch.randn_like(p))
    return model


def log_probs(model, prompt, completion):
    with torch.no_grad():  # a copy: dynamic rotation keeps state between calls
        logits = copy.deepcopy(model)(torch.tensor([prompt + completion])).logits[0]
    each = logits.log_softmax(-1)[len(prompt) - 1 : -1].gather(1, torch.tensor(completion)[:, None])[:, 0]
    return each.tolist(), logits[-1].tolist()


def rounded(x):
    return [rounded(y) for y in x] if isinstance(x, list) else round(x, 9)


def record(directory, seed, keys, stored, older):
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(**(BASE | keys))
    shutil.rmtree(directory, ignore_errors=True)
    shard = {k: stored[k] for k in stored if k == "max_shard_size"}
    randomized(config).to(getattr(torch, stored["dtype"])).save_pretrained(directory, **shard)
    (directory / "generation_config.json").unlink()
    if older:
        path = directory / "config.json"
        path.write_text(json.dumps(as_older_releases(json.loads(path.read_text())), indent=2, sort_keys=True) + "\n")
    model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float64, attn_implementation="eager").eval()
    ids = lambda n: torch.randint(3, BASE["vocab_size"], (n,)).tolist()
    examples, last = [], []
    for prompt, completions in LENGTHS:
        example = dict(prompt=ids(prompt), completions=[ids(n) for n in completions])
        told = [log_probs(model, example["prompt"], c) for c in example["completions"]]
        examples.append(dict(example, tokenLogProbs=rounded([t for t, _ in told])))
        last.append(rounded(told[0][1]))
    lines = ",\n".join(json.dumps(e) for e in examples), ",\n".join(json.dumps(x) for x in last)
    (directory / "expected.json").write_text('{"examples": [\n%s],\n"lastLogits": [\n%s]}\n' % lines)
    for file in directory.iterdir():
        file.chmod(0o644)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    transformers.utils.logging.set_verbosity_error()
    torch.set_num_threads(1)
    for seed, (name, model) in enumerate(MODELS.items()):
        record(target / name, seed, *model)
        print(name, sum(f.stat().st_size for f in (target / name).iterdir()), "bytes")
