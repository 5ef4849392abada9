"""Which device computes, and what it is called."""

import re

import torch

from warehouse.errors import BadInput


def resolve_devices(device: str) -> list[str]:
    """Resolve ``auto`` and a list with commas; `BadInput` for a device that is not there."""
    if device == "auto":
        return ["cuda" if torch.cuda.is_available() else "cpu"]
    devices = device.split(",")
    for one in devices:
        _require_device(one, device)
    return devices


def device_name(device: str) -> str:
    """Tell what a device is, for the attestation."""
    if device == "cpu" or not torch.cuda.is_available():
        return f"CPU, {torch.get_num_threads()} threads"
    if device == "split":
        names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
        return " and ".join(f"{names.count(name)} x {name}" for name in dict.fromkeys(names))
    return str(torch.cuda.get_device_name(torch.device(device)))


def _require_device(one: str, given: str) -> None:
    if not re.fullmatch(r"cpu|cuda(:[0-9]{1,3})?|split", one):
        raise BadInput(f"{one!r} is not a device", f"--device {given}", "use cpu, cuda, cuda:0,cuda:1 or split")
    number = int(one.partition(":")[2] or 0)
    if one.startswith("cuda") and number >= torch.cuda.device_count():
        raise BadInput(f"{torch.cuda.device_count()} CUDA devices are visible", f"--device {given}", "use another")
