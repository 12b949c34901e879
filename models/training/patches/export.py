"""The model as ONNX, written node by node from operations every runtime has."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from head import LIMIT, Perceptron, rings
from net import MapNet
from novelty import Novelty
from spectra import CHECKS, COLOUR_WINDOW, FLOOR, PATCH, PLANES, WINDOW, bank, stride_of

OPSET = 17


def folded(conv: torch.nn.Conv2d, norm: torch.nn.BatchNorm2d) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and biases of a convolution and its normalisation as one."""
    scale = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
    weight = conv.weight.detach() * scale[:, None, None, None]
    return weight, norm.bias.detach() - norm.running_mean * scale


def graph_of(
    heads: list[Perceptron], nets: list[MapNet], of_heads: np.ndarray, of_nets: np.ndarray, novelty: Novelty
) -> onnx.ModelProto:
    """Spectra, perceptrons, networks and novelty as one model of two outputs.

    `logits`, N x 2: a column is `of_heads` of it times the perceptrons' mean, plus `of_nets` of it times
    the networks' mean. `novelty`, N. Only Conv, AveragePool, Mul, Add, Log, GlobalAveragePool, Flatten,
    Concat, MatMul, Gather, ReduceMax, ReduceMean, Clip, Gemm, Relu and Sqrt.
    """
    nodes, constants = [], []

    def constant(name: str, value) -> str:
        array = np.ascontiguousarray(np.asarray(value, np.float32))
        constants.append(numpy_helper.from_array(array, name))
        return name

    def add(operation: str, inputs: list[str], name: str, **words) -> str:
        nodes.append(helper.make_node(operation, inputs, [name], name=name, **words))
        return name

    def conv(source: str, name: str, weights, bias=None, stride: int = 1) -> str:
        inputs = [source, constant(f"{name}.weight", weights)]
        if bias is not None:
            inputs.append(constant(f"{name}.bias", bias))
        side = weights.shape[2]
        return add("Conv", inputs, name, kernel_shape=[side] * 2, strides=[stride] * 2, pads=[0] * 4)

    def gemm(source: str, name: str, weight, bias) -> str:
        return add(
            "Gemm", [source, constant(f"{name}.weight", weight), constant(f"{name}.bias", bias)], name, transB=1
        )

    def clipped(source: str, name: str, of: Perceptron | MapNet) -> str:
        """The features, standardised as a part has it."""
        scale = 1.0 / of.deviation.numpy()
        x = add("Mul", [source, constant(f"{name}.scale", scale[None])], f"{name}.scaled")
        x = add("Add", [x, constant(f"{name}.shift", (-of.mean.numpy() * scale)[None])], f"{name}.standard")
        return add("Clip", [x, *limits], f"{name}.clip")

    floor = constant("floor", [FLOOR])
    parts, maps = [], []

    def bands(plane: str, side: int) -> None:
        """The spectra of one plane; cosines and sines lie in turn in the bank."""
        filters = bank(side)[:, None].numpy()
        power = []
        for wave, name in ((filters[0::2], "cosine"), (filters[1::2], "sine")):
            answer = conv(plane, f"{plane}.{name}", wave, stride=stride_of(side))
            power.append(add("Mul", [answer, answer], f"{plane}.{name}.power"))
        both = add("Add", power, f"{plane}.both")
        power = add("Add", [both, floor], f"{plane}.power")
        maps.append(add("Log", [power], f"{plane}.log"))
        outer = add("Log", [add("GlobalAveragePool", [power], f"{plane}.pool")], f"{plane}.peaks")
        parts.extend((add("GlobalAveragePool", [maps[-1]], f"{plane}.holds"), outer))

    planes = PLANES.numpy()[:, None, :, None, None]
    bands(conv("patches", "bright", planes[0]), WINDOW)
    for name, plane in (("blue", planes[1]), ("red", planes[2])):
        whole = conv("patches", f"{name}.whole", plane)
        bands(add("AveragePool", [whole], name, kernel_shape=[2, 2], strides=[2, 2]), COLOUR_WINDOW)
    features = add("Flatten", [add("Concat", parts, "spectra", axis=1)], "features", axis=1)
    matrix, members = rings()
    above = add("MatMul", [features, constant("surroundings", matrix.T)], "above")
    described = [features]
    for number, of in enumerate(members):
        constants.append(numpy_helper.from_array(of.astype(np.int64), f"ring{number}.members"))
        ring = add("Gather", [above, f"ring{number}.members"], f"ring{number}", axis=1)
        described.append(add("ReduceMax", [ring], f"ring{number}.highest", axes=[1], keepdims=1))
    described = add("Concat", described, "described", axis=1)
    limits = [constant("lowest", np.array(-LIMIT)), constant("highest", np.array(LIMIT))]

    answers = []
    for number, head in enumerate(heads):
        name = f"head{number}"
        x = gemm(clipped(described, name, head), f"{name}.first", *weights_of(head.first, of_inputs=head.used))
        x = add("Relu", [x], f"{name}.relu")
        answers.append(gemm(x, f"{name}.last", *weights_of(head.second, of_heads / len(heads))))
    logs = add("Concat", maps, "maps", axis=1) if nets else ""
    for number, net in enumerate(nets):
        name = f"net{number}"
        weight, bias = folded(net.window, net.window_norm)
        weight = weight / net.band_deviation[:, None, None]
        bias = bias - (weight * net.band_mean[:, None, None]).sum(dim=(1, 2, 3))
        x = add("Relu", [conv(logs, f"{name}.window", weight.numpy(), bias.numpy())], f"{name}.window.relu")
        for layer in ("first", "second"):
            weight, bias = folded(getattr(net, layer), getattr(net, f"{layer}_norm"))
            x = add("Relu", [conv(x, f"{name}.{layer}", weight.numpy(), bias.numpy())], f"{name}.{layer}.relu")
        mean = add("GlobalAveragePool", [x], f"{name}.pool")
        pooled = [
            clipped(described, name, net),
            add("Flatten", [mean], f"{name}.mean", axis=1),
            add("ReduceMax", [x], f"{name}.highest", axes=[2, 3], keepdims=0),
        ]
        pooled = add("Concat", pooled, f"{name}.pooled", axis=1)
        x = add("Relu", [gemm(pooled, f"{name}.hidden", *weights_of(net.hidden))], f"{name}.hidden.relu")
        answers.append(gemm(x, f"{name}.last", *weights_of(net.last, of_nets / len(nets))))
    total = answers[0]
    for number, answer in enumerate(answers[1:], 1):
        total = add("Add", [total, answer], f"sum{number}")
    # One more node, so that the output has its name however many parts there are.
    add("Mul", [total, constant("one", [1.0])], "logits")

    x = gemm(features, "novelty.ways", novelty.ways, novelty.shift)
    square = add("ReduceMean", [add("Mul", [x, x], "novelty.square")], "novelty.mean", axes=[1], keepdims=0)
    add("Sqrt", [square], "novelty")
    return model_of(nodes, constants)


def weights_of(
    layer: torch.nn.Linear, columns: np.ndarray | None = None, of_inputs: torch.Tensor | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of a layer, each row times its number in `columns`, each input times its own in `of_inputs`."""
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    if of_inputs is not None:
        weight = weight * of_inputs.numpy()
    return (weight, bias) if columns is None else (weight * columns[:, None], bias * columns)


def model_of(nodes: list, constants: list) -> onnx.ModelProto:
    """Nodes and constants as a checked model."""
    picture = helper.make_tensor_value_info("patches", TensorProto.FLOAT, ["batch", 3, PATCH, PATCH])
    outputs = [
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(CHECKS)]),
        helper.make_tensor_value_info("novelty", TensorProto.FLOAT, ["batch"]),
    ]
    graph = helper.make_graph(nodes, "patches", [picture], outputs, constants)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="second-look"
    )
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model
