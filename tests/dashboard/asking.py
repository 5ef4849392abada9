"""Asks the dashboard for a page as a program does, without a browser."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen


def get(address: str, **headers: str) -> tuple[int, str]:
    """Give the status and the body of an answer, whatever it is."""
    try:
        with urlopen(Request(address, headers=headers)) as answered:
            return answered.status, answered.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def body(address: str) -> str:
    """Give the body of an answer, which has to be a page."""
    with urlopen(address) as answered:
        return answered.read().decode()
