#!/usr/bin/env python3
"""A training step of shoal and of the official TEMI code, in turn, on the same machine in one run.

usage: heads.py REPO STEP [CASE...]   REPO: a checkout of HHU-MMBS/TEMI-official-BMVC2023; STEP: build/bench/bench/step;
CASE: METHOD:H:C[:B:d], default those of docs/heads.md. Needs torch. Prints a row a case: milliseconds (the fastest step) of both, their
ratio, the product floor by PyTorch's own product (MKL), and how far shoal is from it.
"""
import importlib.util
import json
import resource
import subprocess
import sys
import time

import torch

repo, step_program = sys.argv[1:3]
cases = sys.argv[3:] or ["temi:16:1000", "temi:4:10000", "temi:16:24", "temi:1:919", "scan:16:1000"]
sys.path.insert(0, repo)
import losses  # noqa: E402
import utils  # noqa: E402

spec = importlib.util.spec_from_file_location("multi_head", repo + "/model_builders/multi_head.py")
multi_head = importlib.util.module_from_spec(spec)
spec.loader.exec_module(multi_head)
utils.all_reduce = lambda t: t  # one process


def fastest_ms(f, repeats):
    """The fastest of some runs: what others do on the machine only ever adds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def official(method, H, C, B, d, repeats=7):
    torch.manual_seed(0)
    args = dict(in_dim=d, out_dim=C, nlayers=2, hidden_dim=512, bottleneck_dim=256, norm_last_layer=False)
    student, teacher = multi_head.MultiHead(args, H), multi_head.MultiHead(args, H)
    teacher.load_state_dict(student.state_dict())
    common = dict(out_dim=C, batchsize=B, warmup_teacher_temp=0.1, teacher_temp=0.1, warmup_teacher_temp_epochs=1,
                  nepochs=2)
    if method == "temi":
        loss = losses.TEMI(beta=0.6, num_heads=H, **common)
    else:
        scans = [losses.SCAN(**common) for _ in range(H)]
        loss = lambda s, t, epoch: torch.stack([f(a, b, epoch=epoch) for f, a, b in zip(scans, s, t)])
    optimizer = torch.optim.AdamW(utils.get_params_groups(student), lr=1e-4)
    x = torch.randn(2 * B, d)

    def step():
        s = student(x)
        with torch.no_grad():
            t = [h(x) for h in teacher.heads]
        value = loss([s] if H == 1 else s, t, epoch=0).mean()
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        with torch.no_grad():
            for a, b in zip(student.parameters(), teacher.parameters()):
                b.data.mul_(0.996).add_(0.004 * a.detach().data)

    step()
    return fastest_ms(step, repeats)


a, b = torch.randn(8192, 384), torch.randn(384, 1000)
print("| case | official ms | shoal ms | official / shoal | floor ms (MKL) | shoal / floor | shoal's own floor ms |")
print("|---|---|---|---|---|---|---|")
for case in cases:
    method, H, C, *rest = case.split(":")
    H, C, B, d = int(H), int(C), *([int(v) for v in rest] or [512, 384])
    ours = json.loads(subprocess.run([step_program, method, str(H), str(C), str(B), str(d)], check=True,
                                     capture_output=True, text=True).stdout)
    theirs = official(method, H, C, B, d)
    gflops = 2 * 8192 * 384 * 1000 / 1e6 / fastest_ms(lambda: a @ b, 9)
    floor = ours["gflop"] * 1e3 / gflops
    print(f"| {case} | {theirs:.0f} | {ours['step_ms']:.0f} | {theirs / ours['step_ms']:.2f} | {floor:.0f} | "
          f"{ours['step_ms'] / floor:.2f} | {ours['own_floor_ms']:.0f} |", flush=True)
print(f"peak of the official code {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
