"""A headless Chromium, told what to do in its own DevTools protocol."""

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 30


def program() -> str | None:
    """Find a browser; None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Tab:
    """One page of the browser."""

    def __init__(self, connection: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._connection, self._loop, self._numbers = connection, loop, itertools.count(1)
        self.events: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol; what happens meanwhile is kept in `events`."""
        number = next(self._numbers)
        called = {"id": number, "method": method, "params": parameters}
        return self._loop.run_until_complete(asyncio.wait_for(self._answer(called), PATIENCE))

    async def _answer(self, called: dict[str, Any]) -> dict[str, Any]:
        await self._connection.write_message(json.dumps(called))
        while True:
            message = json.loads(await self._connection.read_message())
            if message.get("id") == called["id"]:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def open(self, address: str) -> None:
        self.events.clear()
        self.tell("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && document.documentElement.classList.contains('js')")

    def ask(self, expression: str) -> Any:
        """Give the value of an expression of JavaScript."""
        return self.tell("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def until(self, expression: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.ask(expression):
            assert time.monotonic() < end, f"never: {expression}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.tell(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9 if key == "Tab" else 0
            )

    def resize(self, width: int, height: int) -> None:
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.tell("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def requested(self) -> list[str]:
        return [
            event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        kinds = {"Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"}
        return [json.dumps(event["params"]) for event in self.events if event["method"] in kinds]


@contextmanager
def opened(browser: str) -> Iterator[Tab]:
    """Start a browser with a page for the time of the block."""
    from tornado.httpclient import AsyncHTTPClient
    from tornado.websocket import websocket_connect

    directory = Path(tempfile.mkdtemp(prefix="awb", dir="/tmp"))
    told = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    told += ["--no-first-run", "--disable-background-networking", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [browser, *told, f"--user-data-dir={directory}", "about:blank"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    loop = asyncio.new_event_loop()

    async def connected() -> Any:
        answered = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{_port(directory)}/json/list")
        (page,) = [one for one in json.loads(answered.body) if one["type"] == "page"]
        return await websocket_connect(page["webSocketDebuggerUrl"], max_message_size=2**27)

    try:
        connection = loop.run_until_complete(connected())
        yield Tab(connection, loop)
        connection.close()
        loop.run_until_complete(asyncio.sleep(0.05))
    finally:
        process.terminate()
        process.wait()
        loop.close()
        shutil.rmtree(directory, ignore_errors=True)


def _port(directory: Path) -> int:
    said = directory / "DevToolsActivePort"
    end = time.monotonic() + PATIENCE
    while not (said.exists() and said.read_text().strip()):
        assert time.monotonic() < end, "the browser does not start"
        time.sleep(0.05)
    return int(said.read_text().split()[0])
