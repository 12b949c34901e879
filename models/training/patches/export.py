"""The trained network as ONNX, from operations every runtime has.

Normalisation is folded into the convolutions. Folding pixels and the fixed residual become two
strided convolutions of the colours, so the graph holds Conv, Clip, Concat, Relu, Add,
GlobalAveragePool, Flatten and Gemm, nothing else.
"""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from head import LIMIT, Perceptron
from network import BLOCK, PATCH, RESIDUAL_SCALE, PatchNetwork, residual_kernel
from spectra import COLOUR_WINDOW, FLOOR, PLANES, WINDOW, bank, stride_of

OPSET = 17


def fold_weights() -> tuple[np.ndarray, np.ndarray]:
    """A 4x4 convolution of stride 4 that folds 0..1 colours to centred channels."""
    weights = np.zeros((3 * BLOCK * BLOCK, 3, BLOCK, BLOCK), np.float32)
    for colour in range(3):
        for row in range(BLOCK):
            for column in range(BLOCK):
                weights[(colour * BLOCK + row) * BLOCK + column, colour, row, column] = 255.0 / 128.0
    return weights, np.full(len(weights), -1.0, np.float32)


def residual_weights() -> np.ndarray:
    """An 8x8 convolution of stride 4 that gives the folded residual of 0..1 colours."""
    square = residual_kernel().numpy() * (RESIDUAL_SCALE * 255.0)
    weights = np.zeros((3 * BLOCK * BLOCK, 3, BLOCK + 4, BLOCK + 4), np.float32)
    for colour in range(3):
        for row in range(BLOCK):
            for column in range(BLOCK):
                to = (colour * BLOCK + row) * BLOCK + column
                weights[to, colour, row : row + 5, column : column + 5] = square
    return weights


def folded_layer(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    """A convolution's weights and bias with its normalisation inside."""
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weights = convolution.weight * gain[:, None, None, None]
    bias = norm.bias - norm.running_mean * gain
    return weights.detach().numpy(), bias.detach().numpy()


def graph_of(network: PatchNetwork) -> onnx.ModelProto:
    """The deployed model: `patches` N x 3 x 192 x 192 in 0..1 to `logits` N x 2."""
    nodes, constants = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def add(operation: str, inputs: list[str], name: str, **words) -> str:
        nodes.append(helper.make_node(operation, inputs, [name], name=name, **words))
        return name

    def conv(source: str, name: str, weights, bias, stride: int = 1, pad: int = 1) -> str:
        inputs = [source, constant(f"{name}.weight", weights)]
        if bias is not None:
            inputs.append(constant(f"{name}.bias", bias))
        side = weights.shape[2]
        return add(
            "Conv", inputs, name, kernel_shape=[side, side], strides=[stride] * 2, pads=[pad] * 4
        )

    def layer(source: str, name: str, part: nn.Sequential, active: bool = True) -> str:
        weights, bias = folded_layer(part[0], part[1])
        out = conv(source, name, weights, bias, stride=part[0].stride[0])
        return add("Relu", [out], f"{name}.relu") if active else out

    def pair(source: str, name: str, part: nn.Module) -> str:
        inner = layer(source, f"{name}.first", part.first)
        inner = layer(inner, f"{name}.second", part.second, active=False)
        return add("Relu", [add("Add", [source, inner], f"{name}.sum")], f"{name}.relu")

    weights, bias = fold_weights()
    centred = conv("patches", "fold", weights, bias, stride=BLOCK, pad=0)
    high = conv("patches", "residual", residual_weights(), None, stride=BLOCK, pad=2)
    limits = [constant("lowest", np.array(-1.0)), constant("highest", np.array(1.0))]
    high = add("Clip", [high, *limits], "residual.clip")
    x = add("Concat", [centred, high], "seen", axis=1)
    x = layer(x, "stem", network.stem)
    x = pair(x, "fine", network.fine)
    x = layer(x, "to_middle", network.to_middle)
    x = pair(x, "middle", network.middle)
    x = layer(x, "to_coarse", network.to_coarse)
    x = layer(x, "coarse", network.coarse)
    x = add("Flatten", [add("GlobalAveragePool", [x], "pool")], "flat", axis=1)
    head = [
        constant("head.weight", network.head.weight.detach().numpy()),
        constant("head.bias", network.head.bias.detach().numpy()),
    ]
    add("Gemm", [x, *head], "logits", transB=1)

    return model_of(nodes, constants)


def spectral_graph(heads: list[Perceptron]) -> onnx.ModelProto:
    """The spectra and the mean of several perceptrons as one model of the same input and output.

    Only Conv, AveragePool, Mul, Add, Log, GlobalAveragePool, Flatten, Concat, Clip, Gemm and Relu.
    """
    nodes, constants = [], []

    def constant(name: str, value) -> str:
        array = np.ascontiguousarray(np.asarray(value, np.float32))
        constants.append(numpy_helper.from_array(array, name))
        return name

    def add(operation: str, inputs: list[str], name: str, **words) -> str:
        nodes.append(helper.make_node(operation, inputs, [name], name=name, **words))
        return name

    def conv(source: str, name: str, weights: np.ndarray, stride: int = 1) -> str:
        side = weights.shape[2]
        return add(
            "Conv",
            [source, constant(f"{name}.weight", weights)],
            name,
            kernel_shape=[side, side],
            strides=[stride] * 2,
            pads=[0] * 4,
        )

    floor = constant("floor", [FLOOR])
    parts = []

    def bands(plane: str, side: int) -> None:
        """Both numbers of every period of one plane; cosines and sines lie in turn in the bank."""
        filters = bank(side)[:, None].numpy()
        power = []
        for wave, name in ((filters[0::2], "cosine"), (filters[1::2], "sine")):
            answer = conv(plane, f"{plane}.{name}", wave, stride_of(side))
            power.append(add("Mul", [answer, answer], f"{plane}.{name}.power"))
        both = add("Add", power, f"{plane}.both")
        power = add("Add", [both, floor], f"{plane}.power")
        inner = add("GlobalAveragePool", [add("Log", [power], f"{plane}.log")], f"{plane}.holds")
        outer = add("Log", [add("GlobalAveragePool", [power], f"{plane}.pool")], f"{plane}.peaks")
        parts.extend((inner, outer))

    planes = PLANES.numpy()[:, None, :, None, None]
    bands(conv("patches", "bright", planes[0]), WINDOW)
    for name, plane in (("blue", planes[1]), ("red", planes[2])):
        whole = conv("patches", f"{name}.whole", plane)
        bands(add("AveragePool", [whole], name, kernel_shape=[2, 2], strides=[2, 2]), COLOUR_WINDOW)
    x = add("Flatten", [add("Concat", parts, "spectra", axis=1)], "features", axis=1)
    limits = [constant("lowest", np.array(-LIMIT)), constant("highest", np.array(LIMIT))]

    answers = []
    for number, head in enumerate(heads):
        name = f"head{number}"
        scale = 1.0 / head.deviation.numpy()
        shifted = add("Mul", [x, constant(f"{name}.scale", scale[None])], f"{name}.scaled")
        shift = constant(f"{name}.shift", (-head.mean.numpy() * scale)[None])
        shifted = add("Add", [shifted, shift], f"{name}.standard")
        clipped = add("Clip", [shifted, *limits], f"{name}.clip")
        first = [clipped]
        for layer, share in (("first", 1.0), ("second", 1.0 / len(heads))):
            part = getattr(head, layer)
            first += [
                constant(f"{name}.{layer}.weight", part.weight.detach().numpy() * share),
                constant(f"{name}.{layer}.bias", part.bias.detach().numpy() * share),
            ]
            out = add("Gemm", first, f"{name}.{layer}", transB=1)
            first = [add("Relu", [out], f"{name}.{layer}.relu")] if layer == "first" else first
        answers.append(out)
    total = answers[0]
    for number, answer in enumerate(answers[1:], 1):
        total = add("Add", [total, answer], f"sum{number}")
    # One more node, so that the output has its name however many heads there are.
    add("Mul", [total, constant("one", [1.0])], "logits")
    return model_of(nodes, constants)


def model_of(nodes: list, constants: list) -> onnx.ModelProto:
    """Nodes and constants as a checked model from `patches` to `logits`."""
    picture = helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["batch", 3, PATCH, PATCH])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])
    graph = helper.make_graph(nodes, "patches", [picture], [logits], constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="second-look"
    )
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model
