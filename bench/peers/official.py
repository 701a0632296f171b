"""A training step of the official TEMI code, from a checkout of HHU-MMBS/TEMI-official-BMVC2023."""
import importlib.util
import sys

import torch


def official_step(repo, method, H, C, B, d, device="cpu"):
    """A call that does one step of `method` (temi or scan) with H heads of C clusters on B pairs of random rows."""
    sys.path.insert(0, repo)
    import losses
    import utils
    spec = importlib.util.spec_from_file_location("multi_head", repo + "/model_builders/multi_head.py")
    multi_head = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(multi_head)
    utils.all_reduce = lambda t: t  # one process

    torch.manual_seed(0)
    args = dict(in_dim=d, out_dim=C, nlayers=2, hidden_dim=512, bottleneck_dim=256, norm_last_layer=False)
    student, teacher = multi_head.MultiHead(args, H).to(device), multi_head.MultiHead(args, H).to(device)
    teacher.load_state_dict(student.state_dict())
    common = dict(out_dim=C, batchsize=B, warmup_teacher_temp=0.1, teacher_temp=0.1, warmup_teacher_temp_epochs=1,
                  nepochs=2)
    if method == "temi":
        loss = losses.TEMI(beta=0.6, num_heads=H, **common).to(device)
    else:
        scans = [losses.SCAN(**common).to(device) for _ in range(H)]
        loss = lambda s, t, epoch: torch.stack([f(a, b, epoch=epoch) for f, a, b in zip(scans, s, t)])
    optimizer = torch.optim.AdamW(utils.get_params_groups(student), lr=1e-4)
    x = torch.randn(2 * B, d, device=device)

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

    return step
