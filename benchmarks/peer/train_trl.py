"""Trains with TRL's DPOTrainer in float32 on the CPU, in a process of its own, and tells what it took.

usage: train_trl.py JOB.json ANSWER.json
JOB: model, data, micro_batch, accumulation, learning_rate, max_length, threads, checkpointing, compile.
ANSWER: seconds of each phase and each optimizer step, TRL's own log of each step, the token ids' counts.
"""
import json
import os
import sys
import tempfile
import time

started = time.monotonic()
job = json.load(open(sys.argv[1], encoding="utf-8"))
scratch = tempfile.TemporaryDirectory(prefix="trl-")  # else a later round would find this one's reference pass
os.environ.update(HF_DATASETS_CACHE=scratch.name, HF_HUB_OFFLINE="1", TQDM_DISABLE="1", TOKENIZERS_PARALLELISM="false")

import torch  # noqa: E402
import transformers  # noqa: E402
import trl  # noqa: E402
from datasets import Dataset, disable_progress_bars  # noqa: E402

disable_progress_bars()
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(job["threads"])
phases = {"imports": time.monotonic() - started}
steps = []


class Trainer(trl.DPOTrainer):
    """Tells the reference pass from the rest."""

    def _precompute_ref_logps(self, *arguments):
        begin = time.monotonic()
        result = super()._precompute_ref_logps(*arguments)
        phases["reference"] = time.monotonic() - begin
        return result


class Clock(transformers.TrainerCallback):
    """An optimizer step lasts from its first micro-batch, already collated, to the new weights."""

    def on_step_begin(self, *arguments, **named):
        self.begin = time.monotonic()

    def on_step_end(self, *arguments, **named):
        steps.append(time.monotonic() - self.begin)


mark = time.monotonic()
tokenizer = transformers.AutoTokenizer.from_pretrained(job["model"])
model = transformers.AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
phases["model"] = time.monotonic() - mark

config = trl.DPOConfig(
    output_dir=scratch.name, use_cpu=True, bf16=False, fp16=False, report_to="none", save_strategy="no", disable_tqdm=True,
    logging_steps=1, seed=0, train_sampling_strategy="sequential", num_train_epochs=1,
    per_device_train_batch_size=job["micro_batch"], gradient_accumulation_steps=job["accumulation"],
    learning_rate=job["learning_rate"], max_length=job["max_length"], precompute_ref_log_probs=True,
    gradient_checkpointing=job["checkpointing"], torch_compile=job["compile"])
mark = time.monotonic()
rows = [json.loads(line) for line in open(job["data"], encoding="utf-8")]
trainer = Trainer(model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=tokenizer, callbacks=[Clock()])
phases["tokenization and set-up"] = time.monotonic() - mark - phases["reference"]
tokens = sum(len(row[key]) for row in trainer.train_dataset for key in ("prompt_ids", "chosen_ids", "rejected_ids"))
mark = time.monotonic()
trainer.train()
phases["training"] = time.monotonic() - mark

log = [entry for entry in trainer.state.log_history if "loss" in entry]
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump({"phases": phases, "steps": steps, "log": log, "tokens": tokens, "attention": model.config._attn_implementation}, file)
