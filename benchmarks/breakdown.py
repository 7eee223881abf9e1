#!/usr/bin/env python3
"""Sums a profile of PyTorch's by kinds of operations: what each costs itself, without those that it calls, as a share of the time of
the threads that it has seen: one, where a training has several.
usage: benchmarks/breakdown.py PROFILE.json"""
import collections, json, sys

KINDS = [
    ("matrix products", ("aten::mm", "aten::addmm", "aten::addmm_", "aten::bmm")),
    ("attention", ("aten::_scaled_dot_product_flash_attention_for_cpu", "aten::_scaled_dot_product_flash_attention_for_cpu_backward")),
    ("optimizer, norm of the gradient, zeros", ("aten::_fused_adamw_", "aten::_foreach_norm", "aten::_foreach_zero_", "aten::_foreach_mul_")),
    ("log-softmax of the head", ("aten::_log_softmax", "aten::_softmax", "aten::nll_loss_forward", "aten::scatter_add_")),
    ("norms, rotary, activations: element by element", ("aten::mul", "aten::mul_", "aten::add", "aten::add_", "aten::sub", "aten::silu", "aten::silu_backward",
                                                         "aten::addcmul", "aten::addcmul_", "aten::linalg_vector_norm", "aten::square_", "aten::rsqrt_", "aten::div", "aten::div_",
                                                         "aten::addmv_", "aten::neg", "aten::sum")),
    ("copies and fills", ("aten::copy_", "aten::cat", "aten::fill_", "aten::index_select", "aten::index_add_")),
]


def main(path):
    with open(path, encoding="utf-8") as f:
        profile = json.load(f)
    events = profile if isinstance(profile, list) else profile["traceEvents"]
    threads = collections.defaultdict(list)
    for e in events:
        if e.get("ph") == "X":
            threads[e["tid"]].append(e)
    # others come by for moments only
    most = max(sum(e["dur"] for e in thread) for thread in threads.values())
    threads = [thread for thread in threads.values() if sum(e["dur"] for e in thread) > most / 5]
    start = min(e["ts"] for thread in threads for e in thread)
    end = max(e["ts"] + e["dur"] for thread in threads for e in thread)
    whole = (end - start) * len(threads)
    own = collections.Counter()
    for thread in threads:
        thread.sort(key=lambda e: (e["ts"], -e["dur"]))
        open_ = []
        for e in thread:
            while open_ and open_[-1]["ts"] + open_[-1]["dur"] <= e["ts"]:
                open_.pop()
            if open_:
                own[open_[-1]["name"]] -= e["dur"]
            own[e["name"]] += e["dur"]
            open_.append(e)
    busy = sum(own.values())
    told = 0
    for kind, names in KINDS:
        part = sum(own[n] for n in names)
        told += part
        print(f"{part / whole:6.1%}  {kind}")
    print(f"{(busy - told) / whole:6.1%}  all else of PyTorch: autograd, views, calls")
    print(f"{1 - busy / whole:6.1%}  outside of PyTorch: Java, calls from there")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
