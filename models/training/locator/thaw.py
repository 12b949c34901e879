"""The shipped locator as a checkpoint to go on from, for whoever has not that of its training.

    python thaw.py --model ../../locator.onnx --data DATA --out THAWED.pt

An export folds every normalisation into the convolution before it. Here each gets one back that changes nothing: its mean
and variance are those of real pictures, and its scale and shift undo them.
"""

import argparse

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from evaluate import runner
from make import pad
from net import Locator
from sources import load, shrink

N_PICTURES = 200
LENGTH = 1.5
"""Of each channel's weights, about as after a training."""


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--model", required=True)
    args.add_argument("--data", required=True)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    graph = onnx.load(args.model).graph
    values = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
    folded = [[values[name] for name in node.input[1:]] for node in graph.node if node.op_type in ("Conv", "ConvTranspose")]
    net, bare = Locator().eval(), []

    def take(conv, _):
        weight, bias = folded.pop(0)
        if conv.bias is None:
            # A normalisation follows, so that length does not matter to the answer, but to how far a step turns it.
            length = weight.flatten(1).norm(dim=1)
            weight = weight * (LENGTH / length)[:, None, None, None]
            bare.append((bias, LENGTH / length))
        else:
            conv.bias.data.copy_(bias)
        conv.weight.data.copy_(weight)

    def undo(norm, inputs):
        seen = inputs[0].transpose(0, 1).flatten(1)
        norm.running_mean.copy_(seen.mean(1))
        norm.running_var.copy_(seen.var(1))
        bias, longer = bare.pop(0)
        norm.weight.data.copy_((norm.running_var + norm.eps).sqrt() / longer)
        norm.bias.data.copy_(bias + norm.running_mean / longer)

    hooks = []
    for part in net.modules():
        if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d)):
            hooks.append(part.register_forward_pre_hook(take))
        elif isinstance(part, nn.BatchNorm2d):
            hooks.append(part.register_forward_pre_hook(undo))
    photos = load(args.data, held_out=False)
    chosen = np.random.default_rng(1).permutation(len(photos))[:N_PICTURES]
    pictures = np.stack([pad(shrink(photos[i].picture, 256)) for i in chosen])
    with torch.no_grad():
        heat = net(torch.tensor(pictures))
    for hook in hooks:
        hook.remove()
    assert not folded and not bare, "the model has other layers than the network"
    off = max(np.abs(runner(args.model)(picture) - of.numpy()).max() for picture, of in zip(pictures, heat))
    assert off < 1e-2, f"the checkpoint answers otherwise, by up to {off}"
    torch.save(net.state_dict(), args.out)
    print(f"{args.out}: its logits differ from the model's by at most {off:.1e}")


if __name__ == "__main__":
    main()
