"""The rows that are measured, and the useful work that they ask for."""
import gzip
import itertools
import json
import pathlib


def read(path):
    """The rows of a preference file: JSON Lines or a JSON array, plain or gzipped; ShareGPT pairs become text."""
    path = pathlib.Path(path)
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        first = file.read(1)
        file.seek(0)
        rows = json.load(file) if first == "[" else (json.loads(line) for line in file if line.strip())
        for row in rows:
            yield from_sharegpt(row) if "conversations" in row else row


def from_sharegpt(row):
    """LLaMA-Factory's DPO pairs, turns written as hh-rlhf writes them."""
    names = {"human": "Human", "gpt": "Assistant", "system": "System"}
    turns = "".join(f'\n\n{names[turn["from"]]}: {turn["value"]}' for turn in row["conversations"])
    return {"prompt": turns + "\n\nAssistant:", "chosen": " " + row["chosen"]["value"], "rejected": " " + row["rejected"]["value"]}


def write(rows, path):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def select(data, first, count, tokenize, folder):
    """Writes rows.jsonl and tokens.jsonl: `count` rows from row `first` on that the truncation doesn't drop.

    tokenize(rows file, tokens file): what dpo4j makes of them, a line per row
    """
    candidates = list(itertools.islice(read(data), first, first + count + count // 2 + 32))
    everything, tokens = folder / "candidates.jsonl", folder / "candidates-tokens.jsonl"
    write(candidates, everything)
    tokenize(everything, tokens)
    told = [json.loads(line) for line in tokens.read_text(encoding="utf-8").splitlines()]
    kept = [i for i, line in enumerate(told) if "skipped" not in line][:count]
    if len(kept) < count:
        raise SystemExit(f"{data} has only {len(kept)} rows from row {first} on that fit max_length; {count} are asked for. Take fewer steps or rows.")
    write([candidates[i] for i in kept], folder / "rows.jsonl")
    write([told[i] for i in kept], folder / "tokens.jsonl")
    everything.unlink()
    tokens.unlink()


def lengths(folder):
    """(prompt, chosen, rejected) tokens of each row."""
    for line in (folder / "tokens.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield tuple(len(row[key]) for key in ("prompt_ids", "chosen_ids", "rejected_ids"))


def forward_flops(config, prompt, chosen, rejected):
    """Useful floating point operations of a row's forward pass: the prompt once, no padding, the head on completions only.

    2 x (parameters of the blocks' matrices) x distinct tokens + 2 x vocabulary x dim x completion tokens
    + 4 x dim x (query, key) pairs per layer; training is three times that. The last token of a completion is a target only.
    """
    dim, layers = config["hidden_size"], config["num_hidden_layers"]
    heads = config["num_attention_heads"]
    head = config.get("head_dim") or dim // heads
    kv = config.get("num_key_value_heads") or heads
    matrices = layers * (dim * head * (2 * heads + 2 * kv) + 3 * dim * config["intermediate_size"])
    inputs = [max(n - 1, 0) for n in (chosen, rejected)]
    pairs = triangle(prompt) + sum(n * prompt + triangle(n) for n in inputs)
    return 2 * matrices * (prompt + sum(inputs)) + 2 * config["vocab_size"] * dim * (chosen + rejected) + 4 * heads * head * layers * pairs


def triangle(n):
    return n * (n + 1) // 2
