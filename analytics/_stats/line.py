"""A straight line through a few points, with its correlation, its band and the reason where there is none."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics._stats.t_test import ROUNDING, largest

LEVEL = 0.95


@dataclass(frozen=True)
class Line:
    """Least squares of y on x; ``p_value`` is two-sided, of the correlation (Student's t, n - 2)."""

    slope: float
    intercept: float
    pearson_r: float
    p_value: float
    residual_sd: float
    n: int
    x_mean: float
    x_squares: float

    def at(self, x: np.ndarray) -> np.ndarray:
        """Give the line at x."""
        return np.asarray(self.intercept + self.slope * x)

    def half_band(self, x: np.ndarray, of_new: bool = False) -> np.ndarray:
        """Give half the width of the 95 % band at x: of the mean, or of the prediction of a new point (pointwise t)."""
        from scipy.special import stdtrit

        spread = np.sqrt(of_new + 1 / self.n + (x - self.x_mean) ** 2 / self.x_squares)
        return np.asarray(stdtrit(self.n - 2, (1 + LEVEL) / 2) * self.residual_sd * spread)

    @property
    def r_interval(self) -> tuple[float | None, float | None]:
        """Give the 95 % interval of the correlation (Fisher's z); None with fewer than four points."""
        if self.n < 4:
            return None, None
        z, half = np.arctanh(np.clip(self.pearson_r, -1 + 1e-15, 1 - 1e-15)), 1.959963984540054 / np.sqrt(self.n - 3)
        return float(np.tanh(z - half)), float(np.tanh(z + half))


def why_no_line(x: np.ndarray, y: np.ndarray) -> str | None:
    """Say why there is no line through the points, or None."""
    if len(x) < 3:
        return f"{len(x)} {'model' if len(x) == 1 else 'models'} with both values: three are needed"
    if np.ptp(x) == 0:
        return "the models do not differ in the predictor"
    if np.ptp(y) <= ROUNDING * largest(y):
        return "the models do not differ in the score"
    return None


def fit_line(x: np.ndarray, y: np.ndarray) -> Line:
    """Fit a line through at least three points (n,) that vary in x and in y."""
    from scipy.special import stdtr

    n, dx, dy = len(x), x - x.mean(), y - y.mean()
    xx, xy, yy = float(dx @ dx), float(dx @ dy), float(dy @ dy)
    slope, r = xy / xx, float(np.clip(xy / np.sqrt(xx * yy), -1, 1))
    residual_sd = float(np.sqrt(max(yy - slope * xy, 0.0) / (n - 2)))
    t = np.inf if abs(r) == 1 else abs(r) * np.sqrt((n - 2) / (1 - r * r))
    p = float(2 * stdtr(n - 2, -t))
    return Line(slope, float(y.mean() - slope * x.mean()), r, p, residual_sd, n, float(x.mean()), xx)


def told(x: np.ndarray, y: np.ndarray) -> tuple[dict[str, Any], Line | None]:
    """Fit the points whose two values are known; give the columns of a row, and the line if there is one."""
    known = ~(np.isnan(x) | np.isnan(y))
    x, y = x[known], y[known]
    missing, line = why_no_line(x, y), None
    if missing is None:
        line = fit_line(x, y)
    names = ("slope", "intercept", "pearson_r", "p_value", "residual_sd")
    row = {name: getattr(line, name) if line else None for name in names}
    low, high = line.r_interval if line else (None, None)
    return {"model_count": len(x), **row, "r_low": low, "r_high": high, "missing_because": missing}, line
