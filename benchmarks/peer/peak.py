"""Prints the best float32 product of two 2048 x 2048 matrices that PyTorch does here, in GFLOP/s.

usage: peak.py THREADS
"""
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]))
a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
out = torch.empty(2048, 2048)
best = float("inf")
for _ in range(12):
    begin = time.perf_counter()
    torch.matmul(a, b, out=out)
    best = min(best, time.perf_counter() - begin)
print(2 * 2048**3 / best / 1e9)
