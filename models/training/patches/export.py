"""The model as ONNX, written node by node from operations every runtime has."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from head import LIMIT, Perceptron, rings
from spectra import COLOUR_WINDOW, FLOOR, PATCH, PLANES, WINDOW, bank, stride_of

OPSET = 17


def spectral_graph(heads: list[Perceptron]) -> onnx.ModelProto:
    """The spectra and the mean of several perceptrons as one model of the same input and output.

    Only Conv, AveragePool, Mul, Add, Log, GlobalAveragePool, Flatten, Concat,
    MatMul, Gather, ReduceMax, Clip, Gemm and Relu.
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
    matrix, members = rings()
    above = add("MatMul", [x, constant("surroundings", matrix.T)], "above")
    described = [x]
    for number, of in enumerate(members):
        constants.append(numpy_helper.from_array(of.astype(np.int64), f"ring{number}.members"))
        ring = add("Gather", [above, f"ring{number}.members"], f"ring{number}", axis=1)
        described.append(add("ReduceMax", [ring], f"ring{number}.highest", axes=[1], keepdims=1))
    x = add("Concat", described, "described", axis=1)
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
