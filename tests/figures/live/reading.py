"""What a live picture shows, as numbers."""

import numpy as np
from playwright.sync_api import Frame, Locator


def numbers(frame: Frame, label: str) -> np.ndarray:
    """The numbers of the grid whose name begins with `label`, unrounded; NaN where a cell is empty."""
    rows = frame.locator(f'.grid[aria-label^="{label}"] [role=row]').evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => 'value' in cell.dataset ? +cell.dataset.value : null))"
    )
    return np.array(rows, dtype=float)


def pixels(frame: Frame, label: str) -> np.ndarray:
    """The values of the image whose name begins with `label`, unrounded."""
    return np.array(frame.locator(f'canvas[aria-label^="{label}"]').evaluate("canvas => canvas.values"), dtype=float)


def cell(frame: Frame, label: str, row: int, column: int) -> Locator:
    """A cell of the grid whose name begins with `label`."""
    line = frame.locator(f'.grid[aria-label^="{label}"] [role=row]').nth(row)
    return line.locator(".cell").nth(column)


def said(frame: Frame, words: str) -> str:
    """What is read aloud, once these words are in it."""
    frame.wait_for_function("words => document.getElementById('said').textContent.includes(words)", arg=words)
    return frame.locator("#said").inner_text()
