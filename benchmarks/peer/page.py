"""Writes docs/benchmarks.md and its plots from the raw results of measurements."""
import json
import re
import statistics

import measure
import pictures

INTRO = """# Beside what people would use instead

Written by `benchmarks/peer/run page`; [how to measure](../benchmarks/peer/README.md). Numbers compare within one machine and one run only.

- Every contender is a process of its own; they take turns, round after round. **Pairs/s**: the median over the rounds, lowest and highest in brackets (without any, of a single round); when training, only optimizer steps after the first {skip} count, so start-up, tokenization and the reference pass are told apart. **Memory**: the process's peak resident set, start to end.
- **Of the peak**: useful floating point operations (the prompt once, no padding, the head on completions only; training three times the forward pass) as a share of the best float32 product of two 2048 x 2048 matrices that PyTorch did between the contenders of the same run.
- TRL trains in float32 with `precompute_ref_log_probs=true`, at the micro-batch that was fastest in its pilot, or that `--size` named; both sides have the same rows in the same order, optimizer batch, learning rate and `max_length`.
"""


def write(results, docs):
    sets = [load(folder) for folder in results]
    parts = [INTRO.format(skip=", ".join(sorted({s["plan"]["asked"]["skip"] for s in sets})))]
    for results in sets:
        parts += section(results, docs)
    (docs / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")


def load(folder):
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "records").glob("*.json"))]
    records.sort(key=lambda r: (not r["peer"], r["contender"], r["size"], r["round"]))
    return {"plan": json.loads((folder / "plan.json").read_text(encoding="utf-8")), "records": records}


def section(results, docs):
    plan, records = results["plan"], results["records"]
    machine, asked = plan["machine"], plan["asked"]
    peaks = [p for r in records for p in r["peak_gflops"]]
    peak = max(peaks)
    others = max((r["others_share"] or 0) for r in records)
    slug = re.sub(r"[^a-z0-9]+", "-", plan["name"].lower()).strip("-")
    where = f'{machine["kind"]}, {peak:.0f} GFLOP/s'
    versions = ", ".join(f"{name} {plan['versions'][name]}" for name in ("torch", "transformers", "trl", "onnxruntime"))
    yield f'## {plan["name"]}\n'
    yield (f'{machine["processor"]} ({machine["family"]}; {", ".join(machine["flags"]) or "no flags known"}), {machine["cores"]} cores, {machine["memory_gb"]} GB, {machine["system"]}; '
           f'{asked["threads"]} threads. Matrix product: {peak:.0f} GFLOP/s at best, {min(peaks):.0f} to {peak:.0f} between the contenders. '
           f'{versions}; dpo4j at {plan["revision"]}, {plan["date"]}.\n')
    if others > 0.05:
        yield f'**The machine was not left alone: others took up to {100 * others:.0f}% of its processors. These numbers show the page, not the speed.**\n'
    yield f'```sh\n{plan["command"]}\n```\n'
    for task, title, unit in (("train", "Training", "Pairs trained"), ("score", "Scoring", "Pairs scored")):
        mine = [r for r in records if r["task"] == task and "failed" not in r]
        rounds = [r for r in mine if r["round"]]
        if not rounds:
            continue
        yield f"### {title}: {plan['name']}\n"
        yield about(plan, task)
        picture(docs, f"benchmarks-{slug}-{task}.svg", pictures.speed_and_memory(rounds, unit))
        yield f"![{unit} per second against peak memory, a point per round]({f'benchmarks-{slug}-{task}.svg'})\n"
        yield table(rounds, plan, peak, where)
        yield from pilots([r for r in mine if not r["round"]])
        yield verdict(rounds, task)
        yield from agreement(rounds, task, docs, slug)
    failed = sorted({f'{r["contender"]} ({r["failed"]})' for r in records if "failed" in r})
    if failed:
        yield "Ended with an error: " + "; ".join(failed) + "\n"


def about(plan, task):
    lengths = plan["lengths"][task]
    once = statistics.mean(p + c + r for p, c, r in lengths)
    twice = statistics.mean(2 * p + c + r for p, c, r in lengths)
    steps = f', optimizer batch {plan["asked"]["batch"]}, learning rate {plan["asked"]["learning_rate"]}' if task == "train" else ""
    return f'{len(lengths)} pairs of {twice:.0f} tokens on average, {once:.0f} with the prompt once; cut at {plan["asked"]["max_length"]}{steps}.\n'


def by_contender(rounds):
    groups = {}
    for r in rounds:
        groups.setdefault((r["contender"], r["size"]), []).append(r)
    return groups


def spread(values, form):
    middle = form.format(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} [{form.format(min(values))}, {form.format(max(values))}]"


def share(record, plan, peak):
    flops = plan["forward_flops"][record["rows"]]
    if record["task"] == "train":
        first = record["skip"] * record["batch"]
        flops = flops[first : first + measure.pairs(record)]
    return sum(flops) * (3 if record["task"] == "train" else 1) / measure.seconds(record) / 1e9 / peak


def table(rounds, plan, peak, where):
    train = rounds[0]["task"] == "train"
    size = "micro-batch, pairs" if train else "batch, completions"
    lines = [f"| {where} | {size} | pairs/s | memory, GB | of the peak | before, s | whole process, s |", "|---|---|---|---|---|---|---|"]
    for (name, batch), runs in sorted(by_contender(rounds).items(), key=lambda item: -statistics.median(measure.speed(r) for r in item[1])):
        speeds = [measure.speed(r) for r in runs]
        memory = [r["peak_bytes"] / 1e9 for r in runs]
        counted = "training" if train else "scoring"
        phases = {k: statistics.median(r["phases"][k] for r in runs) for k in runs[0]["phases"] if k != counted}
        told = ", ".join(f"{k} {v:.1f}" for k, v in phases.items())
        lines.append(f'| {name} | {batch or "its own plan"} | {spread(speeds, "{:.3f}")} | {spread(memory, "{:.2f}")} | '
                     f'{100 * statistics.median(share(r, plan, peak) for r in runs):.0f}% | {told} | {statistics.median(r["wall"] for r in runs):.0f} |')
    return "\n".join(lines) + "\n"


def pilots(tried):
    """How fast each was, at each size of batch, in the few rows that chose its size."""
    told = {}
    for (name, size), (run,) in by_contender(tried).items():
        told.setdefault(name, []).append(f"{measure.speed(run):.2f} at {size}")
    if told:
        yield "Pilots, of fewer rows: pairs/s of " + "; ".join(f'{name} {", ".join(speeds)}' for name, speeds in told.items()) + ".\n"


def verdict(rounds, task):
    """Ours against the fastest of theirs; when scoring, against each."""
    groups = {key: (statistics.median(measure.speed(r) for r in runs), max(r["peak_bytes"] for r in runs), runs[0]["peer"]) for key, runs in by_contender(rounds).items()}
    theirs = {k: v for k, v in groups.items() if v[2]}
    ours = {k: v for k, v in groups.items() if not v[2]}
    if not theirs or not ours:
        return ""
    ranked = sorted(theirs.items(), key=lambda item: -item[1][0])
    (peer, _), (speed, memory, _) = ranked[0]
    beside = ranked[:1] if task == "train" else ranked
    told = [f"- {name}: " + "; ".join(f"{s / other:.2f} times the pairs/s of {them} in {m / held:.2f} of its memory" for (them, _), (other, held, _) in beside) + "."
            for (name, _), (s, m, _) in sorted(ours.items(), key=lambda item: -item[1][0])]
    if task == "train":
        smaller = {k: v for k, v in ours.items() if v[1] < memory}
        as_fast = {k: v for k, v in ours.items() if v[0] >= speed}
        if smaller:
            (name, _), (s, _, _) = max(smaller.items(), key=lambda item: item[1][0])
            told.append(f"- The fastest in less memory than {peer}: {name}, {s / speed:.2f} times its pairs/s.")
        if as_fast:
            (name, _), (_, m, _) = min(as_fast.items(), key=lambda item: item[1][1])
            told.append(f"- The smallest that is as fast as {peer}: {name}, {m / memory:.2f} of its memory.")
    return "\n".join(told) + "\n"


def agreement(rounds, task, docs, slug):
    """What each computed, side by side, in the first round that each has."""
    firsts = {name: runs[0] for (name, _), runs in by_contender(rounds).items()}
    peer = next((n for n in ("TRL", "transformers", *firsts) if n in firsts and firsts[n]["peer"]), None)
    if peer is None or len(firsts) < 2:
        return
    if task == "score":
        yield "Largest difference of a completion's log-prob from that of " + peer + ": " + "; ".join(
            f"{name} {max(abs(a[side] - b[side]) for a, b in zip(r['scores'], firsts[peer]['scores']) for side in a):.1e}" for name, r in firsts.items() if name != peer) + ".\n"
        return
    shown = [peer] + [n for n in firsts if not firsts[n]["peer"]]
    values = {n: [step["loss"] for step in firsts[n]["log"]] for n in shown}
    picture(docs, f"benchmarks-{slug}-losses.svg", pictures.losses(values, peer))
    yield f"![Losses of each step side by side, and their differences](benchmarks-{slug}-losses.svg)\n"
    differences = [max(abs(a - b) for a, b in zip(values[n], values[peer])) for n in shown[1:]]
    yield "\n".join(["| step | " + " | ".join(shown) + " |", "|---|" + "---|" * len(shown),
                     *(f"| {i + 1} | " + " | ".join(f"{v:.6f}" for v in step) + " |" for i, step in enumerate(zip(*values.values()))),
                     f"| largest difference from {peer} | | " + " | ".join(f"{d:.1e}" for d in differences) + " |"]) + "\n"


def picture(docs, name, svg):
    (docs / name).write_text(svg, encoding="utf-8")
