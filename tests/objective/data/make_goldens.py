#!/usr/bin/env python3
"""Losses and gradients of the official TEMI code on small seeded logits, for objective_test.cpp.

usage: make_goldens.py CHECKOUT   (a checkout of HHU-MMBS/TEMI-official-BMVC2023; needs numpy and torch)

Writes logits.npy [steps, 2 (student, teacher), H, 2B, C] and, for each loss, NAME_loss.npy [steps, H] and
NAME_gradient.npy [steps, H, 2B, C], the gradient of the mean over heads to the student's logits. The steps follow each
other, so that the running marginal takes part. Computed in double.
"""
import os
import sys

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
import losses  # noqa: E402
import utils  # noqa: E402

utils.all_reduce = lambda t: t
HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, H, B, C = 3, 3, 5, 19
logits = np.random.default_rng(5).normal(0, 0.15, (STEPS, 2, H, 2 * B, C)).astype(np.float32)
np.save(f"{HERE}/logits.npy", logits.reshape(STEPS * 2 * H * 2 * B, C))
common = dict(out_dim=C, batchsize=B, warmup_teacher_temp=0.1, teacher_temp=0.1, warmup_teacher_temp_epochs=1, nepochs=1)

for name in ["TEMI", "WMI", "PMI", "SCAN"]:
    beta = {} if name == "SCAN" else {"beta": 0.6}
    if name == "TEMI":
        objective = losses.TEMI(num_heads=H, **beta, **common).double()
    else:
        per_head = [getattr(losses.mi, name)(**beta, **common).double() for _ in range(H)]
        objective = lambda s, t, epoch: torch.stack([f(a, b, epoch=epoch) for f, a, b in zip(per_head, s, t)])
    values, gradients = [], []
    for step in range(STEPS):
        student = torch.from_numpy(logits[step, 0]).double().requires_grad_()
        value = objective(list(student), list(torch.from_numpy(logits[step, 1]).double()), epoch=0)
        value.mean().backward()
        values.append(value.detach().numpy())
        gradients.append(student.grad.numpy())
    np.save(f"{HERE}/{name.lower()}_loss.npy", np.stack(values).astype(np.float32))
    np.save(f"{HERE}/{name.lower()}_gradient.npy", np.stack(gradients).reshape(-1, C).astype(np.float32))
