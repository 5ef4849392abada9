"""The dashboard in a real browser: it draws, complains of nothing, asks nobody else, and can be used by keyboard."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest

from warehouse.dashboard.views import VIEWS

HEAD = "/heads?model=simulated-large&layer=5&head=1&sentence=s.01.02"


def module_beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


browser = module_beside("browser")
pytestmark = pytest.mark.skipif(not browser.program(), reason="no Chromium is installed (Debian: chromium)")


@pytest.fixture(scope="module")
def tab() -> Iterator[object]:
    with browser.opened(browser.program()) as tab:
        yield tab


def drawn(tab) -> None:
    """Wait until every chart of the page is there."""
    tab.until("document.documentElement.dataset.drawn === 'all'")
    assert tab.ask("[...document.querySelectorAll('.drawing')].every(one => one.querySelector('svg'))")


def asked(tab) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(tab.ask("location.href")).query).items()}


@pytest.mark.parametrize("path", [*(view.path for view in VIEWS), HEAD])
def test_a_view_draws_complains_of_nothing_and_asks_nobody_else(tab, address: str, path: str):
    tab.resize(1200, 900)
    tab.open(address + path)
    assert tab.complaints() == []
    assert {urlsplit(url).netloc for url in tab.requested() if not url.startswith("data:")} == {
        urlsplit(address).netloc
    }
    drawn(tab)
    assert tab.complaints() == []
    assert tab.ask("[...document.querySelectorAll('.drawing svg, .matrix table')].every(one => one.clientHeight > 90)")
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/", "/scale", HEAD, "/claims"])
def test_a_view_fits_a_small_screen(tab, address: str, path: str):
    tab.resize(390, 800)
    tab.open(address + path)
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.path)
def test_everything_to_choose_or_press_has_a_name_and_every_picture_words(tab, address: str, view):
    tab.open(address + view.path)
    named = "[...document.querySelectorAll('{}')].every(one => {})"
    assert tab.ask(named.format("select", "one.labels.length === 1 && one.labels[0].textContent.trim()"))
    assert tab.ask(named.format("a, button", "(one.getAttribute('aria-label') || one.textContent).trim()"))
    assert tab.ask(named.format("[role=img], .matrix table", "one.getAttribute('aria-label')"))
    assert tab.ask("document.querySelectorAll('h1').length === 1 && document.documentElement.lang === 'en'")
    ids = "[...document.querySelectorAll('[id]')].filter(one => !one.closest('.drawing')).map(one => one.id)"
    assert tab.ask(f"new Set({ids}).size === {ids}.length")


def test_a_choice_is_shown_at_once_and_stands_in_the_address(tab, address: str):
    tab.open(address + HEAD)
    tab.ask("document.getElementById('head').value = '2'")
    tab.ask("document.getElementById('head').dispatchEvent(new Event('change', {bubbles: true}))")
    tab.until("location.search.includes('head=2') && document.readyState === 'complete'")
    assert asked(tab).items() >= {"model": "simulated-large", "layer": "5", "head": "2", "sentence": "s.01.02"}.items()
    assert "layer 5, head 2" in tab.ask("document.querySelector('.matrix figcaption').textContent")
    bookmarked = tab.ask("location.href")
    shown = tab.ask("document.querySelector('main').innerText")
    tab.open(bookmarked)
    assert tab.ask("document.querySelector('main').innerText") == shown


def test_the_arrow_keys_mark_the_same_word_pair_in_both_matrices(tab, address: str):
    tab.open(address + HEAD)
    tab.ask("document.querySelector('.matrix table').focus()")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"):
        tab.press(key)
    places = tab.ask(
        "[...document.querySelectorAll('.marked')].map(one => [one.parentNode.sectionRowIndex, one.cellIndex - 1])"
    )
    assert places == [[2, 1], [2, 1]]
    value = tab.ask("document.querySelector('.marked').textContent")
    assert f"attention {value}, readers " in tab.ask("document.getElementById('told').textContent")


STOP = """(() => {
    const at = document.activeElement, box = at.getBoundingClientRect()
    const isInView = box.width > 0 && box.bottom > 0 && box.top < innerHeight
    const seen = isInView && getComputedStyle(at).outlineStyle !== "none"
    return at === document.body ? null : [at.tagName, seen]
})()"""
"""What has the focus, and whether that is to be seen: null where nothing has."""


def test_the_tab_key_goes_through_a_view_and_each_stop_is_seen(tab, address: str):
    tab.resize(390, 800)
    tab.open(address + "/exhibits?exhibit=layer_curve")
    drawn(tab)
    stops = []
    tab.press("Tab")
    while stop := tab.ask(STOP):
        stops.append(stop)
        tab.press("Tab")
    assert [kind for kind, seen in stops if not seen] == []
    assert {kind for kind, _ in stops} >= {"A", "BUTTON", "SELECT", "SUMMARY"}


def test_a_series_is_hidden_from_the_legend_and_the_address_keeps_it(tab, address: str):
    tab.open(address + "/exhibits?exhibit=layer_curve")
    drawn(tab)
    marks = "document.querySelectorAll('.drawing .mark-symbol path').length"
    before = tab.ask(marks)
    tab.ask("document.querySelector('.legend button').focus()")
    tab.press(" ")
    tab.until(f"{marks} < {before}")
    fewer = tab.ask(marks)
    assert asked(tab)["hide"] == "simulated-small"
    tab.open(tab.ask("location.href"))
    drawn(tab)
    assert tab.ask("document.querySelector('.legend button').getAttribute('aria-pressed')") == "false"
    assert tab.ask(marks) == fewer
    tab.ask("document.querySelector('.legend button').click()")
    tab.until(f"{marks} === {before}")
    assert "hide" not in asked(tab)


def test_a_point_tells_its_value_interval_n_and_run_and_leads_to_it(tab, address: str):
    tab.resize(1200, 900)
    tab.open(address + "/exhibits?exhibit=layer_curve")
    drawn(tab)
    place = "document.querySelector('.drawing .mark-symbol path').getBoundingClientRect()"
    tab.ask("document.querySelector('.drawing').scrollIntoView({block: 'center'})")
    at = {axis: tab.ask(f"{place}.{axis} + {place}.{side} / 2") for axis, side in (("x", "width"), ("y", "height"))}
    tab.tell("Input.dispatchMouseEvent", type="mouseMoved", **at)
    tab.until("!!document.querySelector('#vg-tooltip-element.visible')")
    told = tab.ask("document.querySelector('#vg-tooltip-element').innerText")
    for part in ("L1, in-sample (paper), simulated-small", "Layer: 0", " to ", "3 readers, 1,925 word pairs", "Run"):
        assert part in told
    for kind in ("mousePressed", "mouseReleased"):
        tab.tell("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)
    tab.until("location.pathname === '/run' && document.readyState === 'complete'")
    assert "compute human_resemblance" in tab.ask("document.querySelector('pre').textContent")


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_axe_finds_nothing(tab, address: str, width: int, scheme: str):
    core = pytest.importorskip("axe_core_python", reason="the extra [test] is not installed")
    axe = Path(core.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    tab.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    tab.resize(width, 900)
    for path in (*(view.path for view in VIEWS), HEAD, "/run?run=1"):
        tab.open(address + path)
        drawn(tab)
        run = axe + "; axe.run().then(all => JSON.stringify(all.violations.map(one => [one.id, one.nodes[0].html])))"
        told = tab.tell("Runtime.evaluate", expression=run, awaitPromise=True, returnByValue=True)["result"]["value"]
        assert told == "[]", path
    tab.tell("Emulation.setEmulatedMedia", features=[])


def test_views_can_be_pictured(tab, address: str, tmp_path: Path):
    """For people to look at: DASHBOARD_PICTURES names a folder for all of them, wide and narrow."""
    folder = os.environ.get("DASHBOARD_PICTURES")
    for width in (1200, 390) if folder else (1200,):
        for path in (*(view.path for view in VIEWS), HEAD) if folder else ("/", HEAD):
            tab.resize(width, 900)
            tab.open(address + path)
            drawn(tab)
            picture = Path(folder or tmp_path) / f"{width}{''.join(x if x.isalnum() else '-' for x in path)}.png"
            tab.screenshot(picture)
            assert picture.stat().st_size > 20_000
