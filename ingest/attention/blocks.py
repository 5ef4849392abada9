"""The blocks that a transformer is stacked of."""

import torch


def outer_blocks(model: torch.nn.Module) -> list[torch.nn.Module]:
    """Give the members of the outermost module lists: the layers of a transformer."""
    lists = [(name, m) for name, m in model.named_modules() if isinstance(m, torch.nn.ModuleList)]
    outer = [m for name, m in lists if not any(name.startswith(f"{other}.") for other, _ in lists)]
    return [block for blocks in outer for block in blocks]
