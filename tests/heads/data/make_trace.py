#!/usr/bin/env python3
"""Fifty training steps of the official TEMI code, from given parameters and batches, for trace_test.cpp.

usage: make_trace.py REPO   (a checkout of HHU-MMBS/TEMI-official-BMVC2023; needs torch)
Writes trace_features.npy [n x d], trace_ids.npy [steps x 2B] (x, then partners) and, for temi and scan,
trace_METHOD_parameters.npy (the initial student in the layout of HeadShape) and trace_METHOD_losses.npy [steps x H].
"""
import importlib.util
import pathlib
import sys

import numpy as np
import torch

repo = sys.argv[1]
sys.path.insert(0, repo)
import losses  # noqa: E402
import utils  # noqa: E402

spec = importlib.util.spec_from_file_location("multi_head", repo + "/model_builders/multi_head.py")
multi_head = importlib.util.module_from_spec(spec)
spec.loader.exec_module(multi_head)
utils.all_reduce = lambda t: t  # one process

here = pathlib.Path(__file__).parent
n, d, C, H, B, steps, epoch_steps, epochs, warmup = 240, 20, 7, 3, 40, 50, 6, 10, 4
rate, hidden, bottleneck = 5e-3, 24, 16
rng = np.random.default_rng(0)
centres = rng.normal(size=(C, d))
owner = np.arange(n) % C
features = (centres[owner] + 0.7 * rng.normal(size=(n, d))).astype(np.float32)
ids = np.empty((steps, 2, B), np.int32)
for step in range(steps):
    if step % epoch_steps == 0:
        order = rng.permutation(n)
    x = order[step % epoch_steps * B :][:B]
    ids[step] = x, [rng.choice(np.flatnonzero(owner == owner[i])) for i in x]
np.save(here / "trace_features.npy", features)
np.save(here / "trace_ids.npy", ids.reshape(steps, 2 * B))


def flat(model):
    """All heads, layer by layer: weights of every head, then their biases; directions; gains."""
    kinds = ["mlp.0.weight", "mlp.0.bias", "mlp.2.weight", "mlp.2.bias", "last_layer.weight_v", "last_layer.weight_g"]
    heads = [dict(h.named_parameters()) for h in model.heads]
    return np.concatenate([h[k].detach().numpy().ravel() for k in kinds for h in heads])


for method in ("temi", "scan"):
    torch.manual_seed(1)
    args = dict(in_dim=d, out_dim=C, nlayers=2, hidden_dim=hidden, bottleneck_dim=bottleneck, norm_last_layer=False)
    student, teacher = multi_head.MultiHead(args, H), multi_head.MultiHead(args, H)
    with torch.no_grad():  # larger than drawn, so that the small heads have something to say from the start
        for name, p in student.named_parameters():
            if "mlp" in name and "weight" in name:
                p.mul_(8)
    teacher.load_state_dict(student.state_dict())
    np.save(here / f"trace_{method}_parameters.npy", flat(student))
    common = dict(out_dim=C, batchsize=B, warmup_teacher_temp=0.1, teacher_temp=0.1, warmup_teacher_temp_epochs=1,
                  nepochs=epochs)
    if method == "temi":
        temi = losses.TEMI(beta=0.6, num_heads=H, **common)
        head_losses = lambda s, t: temi(s, t, epoch=0)
    else:
        scans = [losses.SCAN(**common) for _ in range(H)]
        head_losses = lambda s, t: torch.stack([f(a, b, epoch=0) for f, a, b in zip(scans, s, t)])
    optimizer = torch.optim.AdamW(utils.get_params_groups(student))
    schedule = utils.cosine_scheduler(rate * B / 256, rate * B / 256, epochs, epoch_steps, warmup_epochs=warmup)
    rows = torch.from_numpy(features)
    trace = []
    for step in range(steps):
        batch = rows[torch.from_numpy(ids[step].reshape(-1).astype(np.int64))]
        s = student(batch)
        with torch.no_grad():
            t = [h(batch) for h in teacher.heads]
        loss = head_losses(s, t)
        for i, group in enumerate(optimizer.param_groups):
            group["lr"] = schedule[step]
            group["weight_decay"] = 1e-4 if i == 0 else 0.0
        optimizer.zero_grad()
        loss.mean().backward()
        utils.cancel_gradients_last_layer(step // epoch_steps, student, 1)
        optimizer.step()
        with torch.no_grad():
            for a, b in zip(student.parameters(), teacher.parameters()):
                b.mul_(0.996).add_(0.004 * a)
        trace.append(loss.detach().numpy().astype(np.float64))
    np.save(here / f"trace_{method}_losses.npy", np.array(trace))
    print(method, np.array(trace).mean(1)[[0, 10, 25, 49]])
