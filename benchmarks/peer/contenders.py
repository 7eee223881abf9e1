"""Who is measured: for each, the process that is started and what is read from what it leaves."""
import dataclasses
import json
import pathlib
import re
import shlex

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SIZES = (1, 2, 4, 8)


@dataclasses.dataclass(frozen=True, eq=False)
class Contender:
    """Someone who does a task, at one of several sizes of a batch.

    sizes: pairs of a micro-batch when training, completions at once when scoring; (0,): it plans by itself
    sized_by: the name of the contender whose best size this one takes; its own pilot would take too long
    """

    name: str
    task: str
    sizes: tuple
    details: dict
    sized_by: str = ""

    @property
    def peer(self):
        return "options" not in self.details

    def slug(self, size):
        return re.sub(r"[^a-z0-9]+", "-", f"{self.task} {self.name} {size or ''}".lower()).strip("-")


def trainers(options):
    sizes = tuple(size for size in SIZES if options.batch % size == 0)
    for name, checkpointing, compiled, sized_by in (
            ("TRL", False, False, ""), ("TRL checkpointing", True, False, ""),
            ("TRL compile", False, True, "TRL"), ("TRL checkpointing compile", True, True, "TRL checkpointing")):
        yield Contender(name, "train", sizes, {"checkpointing": checkpointing, "compile": compiled}, sized_by)
    yield from (dpo4j("train", *named, sizes) for named in options.dpo4j_train)


def scorers(options):
    yield Contender("transformers", "score", SIZES, {"kind": "transformers"})
    yield Contender("onnxruntime", "score", SIZES, {"kind": "onnxruntime"})
    yield from (dpo4j("score", *named, (0,)) for named in options.dpo4j_score)


def dpo4j(task, name, words, sizes):
    own_plan = "--micro_batch_size" in words or "--memory_budget" in words
    return Contender(name, task, (0,) if own_plan else sizes, {"options": shlex.split(words)})


def command(contender, size, rows, steps, options, folder, python):
    """The command line, for rows.jsonl and tokens.jsonl in `rows`; what it leaves goes to `folder`."""
    if not contender.peer:
        words = [str(ROOT / "dpo4j"), contender.task, "--model", options.model, "--data", str(rows / "rows.jsonl"),
                 "--max_length", str(options.max_length), "--threads", str(options.threads), *contender.details["options"]]
        if contender.task == "score":
            return [*words, "--output", str(folder / "scores.jsonl")]
        micro = ["--micro_batch_size", str(size)] if size else []
        return [*words, *micro, "--output_dir", str(folder / "out"), "--num_train_epochs", "1", "--train_sampling_strategy", "sequential",
                "--per_device_train_batch_size", str(options.batch), "--learning_rate", str(options.learning_rate), "--logging_steps", "1"]
    job = {"model": options.model, "threads": options.threads, "max_length": options.max_length, **contender.details}
    if contender.task == "train":
        job |= {"data": str(rows / "rows.jsonl"), "micro_batch": size, "accumulation": options.batch // size, "learning_rate": options.learning_rate}
    else:
        job |= {"tokens": str(rows / "tokens.jsonl"), "batch": size, "onnx": str(options.output / "onnx" / "model.onnx")}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    script = "train_trl.py" if contender.task == "train" else "score_peer.py"
    return [str(python), str(HERE / script), str(folder / "job.json"), str(folder / "answer.json")]


def answer(contender, run, folder):
    """What a run that ended well tells: phases in seconds; steps and log of a training, seconds and scores of a scoring."""
    if contender.peer:
        return json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    if contender.task == "score":
        told = [re.fullmatch(r"Scored \d+ rows in ([0-9.]+) s, .*", line) for _, line in run.lines]
        seconds = next(float(match[1]) for match in told if match)
        scores = [{side: row[f"logps/{side}"] for side in ("chosen", "rejected")} for row in lines(folder / "scores.jsonl")]
        return {"phases": {"start-up": run.wall - seconds, "scoring": seconds}, "seconds": seconds, "scores": scores}
    timing = lines(folder / "out" / "run" / "timing.jsonl")
    steps = [line["seconds"] for line in timing]
    tokenized = next(second for second, line in run.lines if "Training on " in line)
    scored = next(second for second, line in run.lines if re.match(r"scoring: reference (\d+)/\1\b", line))
    phases = {"start-up and tokenization": tokenized, "engine and reference": scored - tokenized, "training": sum(steps)}
    return {"phases": phases, "steps": steps, "log": lines(folder / "out" / "run" / "metrics.jsonl"), "tokens": sum(line["tokens"] for line in timing)}


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
