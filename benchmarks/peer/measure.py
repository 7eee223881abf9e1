"""Runs every contender in turn, round after round, and keeps what came of each run in a file of its own."""
import datetime
import json
import shutil
import subprocess
import sys

import contenders
import environment
import machine
import rows

PILOT_STEPS, PILOT_ROWS = 2, 16


class Measurement:
    """One set of rows on one machine; started again, it goes on with the runs that are missing."""

    def __init__(self, options):
        self.options = options
        self.folder = options.output
        self.records = self.folder / "records"
        self.records.mkdir(parents=True, exist_ok=True)
        subprocess.run([str(contenders.ROOT / "dpo4j"), "list", "backends"], check=True, stdout=subprocess.DEVNULL)  # builds it where a source is newer
        self.python = environment.python(options.environment)
        self.last_peak = None
        asked = [c for task in options.tasks for c in {"train": contenders.trainers, "score": contenders.scorers}[task](options)]
        self.contenders = [c for c in asked if not options.only or c.name in options.only]
        unknown = {*options.only, *options.sizes} - {c.name for c in asked}
        if unknown or not self.contenders:
            raise SystemExit(f'--only and --size name {", ".join(sorted(unknown)) or "nobody"}; there are {", ".join(c.name for c in asked)}.')

    def run(self):
        self.prepare()
        sizes = {c: self.pilot(c) for c in self.contenders if not c.sized_by}
        by_name = {c.name: size for c, size in sizes.items()}
        for c in self.contenders:
            if c.sized_by:
                sizes[c] = by_name.get(c.sized_by) or c.sizes[0]
        for number in range(1, self.options.rounds + 1):
            turn = self.contenders if number % 2 else self.contenders[::-1]
            for c in turn:
                self.record(c, sizes[c], number)

    def prepare(self):
        """Rows for the rounds and, a few, for the pilots; the exported model; what this measurement is."""
        options = self.options
        plan = self.folder / "plan.json"
        asked = {k: str(v) for k, v in vars(options).items() if k in ("model", "data", "first_row", "steps", "skip", "batch", "rows", "max_length", "threads", "learning_rate")}
        if plan.exists():
            before = json.loads(plan.read_text(encoding="utf-8"))["asked"]
            if before != asked:
                raise SystemExit(f"{self.folder} holds a measurement of something else ({before}). Choose another --output.")
            return
        counts = {"train": options.steps * options.batch, "train-pilot": PILOT_STEPS * options.batch, "score": options.rows, "score-pilot": min(PILOT_ROWS, options.rows)}
        for name, count in counts.items():
            folder = self.folder / "rows" / name
            folder.mkdir(parents=True, exist_ok=True)
            rows.select(options.data, options.first_row, count, self.tokenize, folder)
        if any(c.details.get("kind") == "onnxruntime" for c in self.contenders):
            (self.folder / "onnx").mkdir(exist_ok=True)
            self.say("exporting the model for onnxruntime")
            ended = machine.run([str(self.python), str(contenders.HERE / "export_onnx.py"), options.model, str(self.folder / "onnx" / "model.onnx")], self.folder / "onnx" / "export.log")
            if ended.code:
                self.say(f'the export failed, see {self.folder / "onnx" / "export.log"}')
        config = json.loads((options.model_directory / "config.json").read_text(encoding="utf-8"))
        flops = {name: [rows.forward_flops(config, *row) for row in rows.lengths(self.folder / "rows" / name)] for name in counts}
        lengths = {name: list(rows.lengths(self.folder / "rows" / name)) for name in counts}
        plan.write_text(json.dumps({
            "asked": asked, "name": options.name, "command": options.command_line, "machine": machine.describe(),
            "versions": environment.versions(), "revision": revision(), "date": datetime.date.today().isoformat(),
            "forward_flops": flops, "lengths": lengths}), encoding="utf-8")

    def tokenize(self, data, output):
        subprocess.run([str(contenders.ROOT / "dpo4j"), "tokenize", "--model", self.options.model, "--data", str(data), "--output", str(output),
                        "--max_length", str(self.options.max_length)], check=True)

    def pilot(self, contender):
        """The size at which a contender is fastest, tried once at each."""
        known = self.options.sizes.get(contender.name)
        if known or len(contender.sizes) == 1:
            return known or contender.sizes[0]
        tried = {size: self.record(contender, size, 0) for size in contender.sizes}
        speeds = {size: speed(record) for size, record in tried.items() if "failed" not in record}
        return max(speeds, key=speeds.get) if speeds else contender.sizes[0]

    def record(self, contender, size, number):
        """The record of a run: number 0 is a pilot. Read if it is there, made again if it failed."""
        name = f'{contender.slug(size)}-{number or "pilot"}'
        path = self.records / f"{name}.json"
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"failed": "not yet run"}
        if "failed" not in kept:
            return kept
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        rows_name = contender.task + ("" if number else "-pilot")
        steps = self.options.steps if number else PILOT_STEPS
        before = self.last_peak or self.peak()
        command = contenders.command(contender, size, self.folder / "rows" / rows_name, steps, self.options, work, self.python)
        ended = machine.run(command, self.records / f"{name}.log")
        self.last_peak = self.peak()
        record = {
            "contender": contender.name, "task": contender.task, "peer": contender.peer, "size": size, "round": number, "rows": rows_name,
            "command": command, "wall": ended.wall, "peak_bytes": ended.peak_bytes, "own_seconds": ended.own_seconds,
            "others_share": ended.others_share, "peak_gflops": [before, self.last_peak], "skip": (self.options.skip if number else 1),
            "batch": self.options.batch}
        if ended.code:
            record["failed"] = f"ended with {ended.code}: " + " / ".join(line for _, line in ended.lines[-3:])
        else:
            record |= contenders.answer(contender, ended, work)
        path.write_text(json.dumps(record), encoding="utf-8")
        shutil.rmtree(work)
        told = record.get("failed") or f'{speed(record):.3f} pairs/s, {ended.peak_bytes / 1e9:.2f} GB, {ended.wall:.0f} s in all'
        self.say(f'{contender.task} {contender.name} {size or ""} {"round " + str(number) if number else "pilot"}: {told}; peak {before:.0f}, then {self.last_peak:.0f} GFLOP/s; others {100 * (ended.others_share or 0):.0f}%')
        return record

    def peak(self):
        done = subprocess.run([str(self.python), str(contenders.HERE / "peak.py"), str(self.options.threads)], check=True, capture_output=True, text=True)
        return float(done.stdout)

    @staticmethod
    def say(words):
        print(f"{datetime.datetime.now():%H:%M:%S} {words}", file=sys.stderr, flush=True)


def speed(record):
    """Pairs per second: of a training's steps after those that are skipped, of a whole scoring."""
    return pairs(record) / seconds(record)


def seconds(record):
    return record["seconds"] if record["task"] == "score" else sum(record["steps"][record["skip"]:])


def pairs(record):
    return len(record["scores"]) if record["task"] == "score" else record["batch"] * len(record["steps"][record["skip"]:])


def revision():
    described = subprocess.run(["git", "-C", str(contenders.ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return described.stdout.strip() or "unknown"
