"""Scores preference pairs with transformers or ONNX Runtime for Python, in a process of its own.

usage: score_peer.py JOB.json ANSWER.json
JOB: kind (transformers or onnxruntime), model, onnx (its exported file), tokens (what dpo4j's tokenize wrote), batch (completions at once), threads.
ANSWER: seconds of each phase, the log-probs of each row.
"""
import json
import os
import sys
import time

started = time.monotonic()
job = json.load(open(sys.argv[1], encoding="utf-8"))
os.environ["HF_HUB_OFFLINE"] = "1"

import numpy  # noqa: E402


def padded(batch):
    """Right-padded ids, their mask, and which of the next tokens count."""
    longest = max(len(prompt) + len(completion) for prompt, completion in batch)
    ids = numpy.zeros((len(batch), longest), dtype=numpy.int64)
    mask = numpy.zeros_like(ids)
    wanted = numpy.zeros((len(batch), longest - 1))
    for i, (prompt, completion) in enumerate(batch):
        row = prompt + completion
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
        wanted[i, max(len(prompt), 1) - 1 : len(row) - 1] = 1
    return ids, mask, wanted


def with_transformers():
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(job["threads"])
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32).eval()

    def score(ids, mask, wanted):
        first = int(numpy.argmax(wanted.any(axis=0)))  # no logits where no row has a completion
        with torch.inference_mode():
            ids, mask, wanted = (torch.from_numpy(a) for a in (ids, mask, wanted))
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False, logits_to_keep=ids.shape[1] - first).logits[:, :-1]
            targets = ids[:, first + 1 :, None]
            log_probs = logits.gather(2, targets)[:, :, 0] - logits.logsumexp(2)
            return (log_probs.double() * wanted[:, first:]).sum(1).tolist()

    return score


def with_onnxruntime():
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = job["threads"]
    session = onnxruntime.InferenceSession(job["onnx"], options, providers=["CPUExecutionProvider"])

    def score(ids, mask, wanted):
        (log_probs,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
        return (log_probs.astype(numpy.float64) * wanted).sum(1).tolist()

    return score


score = {"transformers": with_transformers, "onnxruntime": with_onnxruntime}[job["kind"]]()
rows = [json.loads(line) for line in open(job["tokens"], encoding="utf-8")]
completions = [(row["prompt_ids"], row[side]) for row in rows for side in ("chosen_ids", "rejected_ids")]
startup = time.monotonic() - started
mark = time.monotonic()
scores = []
for i in range(0, len(completions), job["batch"]):
    scores += score(*padded(completions[i : i + job["batch"]]))
seconds = time.monotonic() - mark
with open(sys.argv[2], "w", encoding="utf-8") as file:
    pairs = [{"chosen": c, "rejected": r} for c, r in zip(scores[::2], scores[1::2])]
    json.dump({"phases": {"start-up": startup, "scoring": seconds}, "seconds": seconds, "scores": pairs}, file)
