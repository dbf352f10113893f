"""Each card of the gallery looks as it did, in both languages and themes: compared with the pictures stored beside.

After a change that was meant, look at the new pictures and store them:

    YINUO_RENEW_PICTURES=1 python -m pytest src/yinuo/web/tests/test_gallery_pictures.py

Pictures are half size: small files that still show what moved, vanished or changed its colour. Another browser or
other fonts draw other edges, so the test is skipped, with its reason, where these are not those of the pictures.
"""

import base64
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from yinuo.web.components import promises, times
from yinuo.web.tests.gallery_site import STILL_AT

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parent / "pictures"
RENEW = "YINUO_RENEW_PICTURES" in os.environ
LOOKS = [(language, theme) for language in ("zh-CN", "en") for theme in ("light", "dark")]
# A pixel differs when a colour of it does by more than this, of 255; so many of a card's pixels may.
COLOUR_TOLERANCE = 40
SHARE_TOLERANCE = 0.004

# Draws both pictures and returns the share of pixels that differ; 1 when they are not of one size.
COMPARE = """async ([before, after, tolerance]) => {
  const read = async (text) => {
    const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + text)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), pen = canvas.getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    return pen.getImageData(0, 0, bitmap.width, bitmap.height);
  };
  const [old, fresh] = [await read(before), await read(after)];
  if (Math.abs(old.width - fresh.width) > 1 || Math.abs(old.height - fresh.height) > 1) return 1;
  const width = Math.min(old.width, fresh.width), height = Math.min(old.height, fresh.height);
  let count = 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    const [a, b] = [(y * old.width + x) * 4, (y * fresh.width + x) * 4];
    if ([0, 1, 2].some((part) => Math.abs(old.data[a + part] - fresh.data[b + part]) > tolerance)) count++;
  }
  return count / (width * height);
}"""
# The widths of some words tell the fonts.
FONTS = """() => {
  const pen = new OffscreenCanvas(10, 10).getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  return ["15px", "600 15px"].map((size) => {
    pen.font = `${size} ${family}`;
    return ["一件事，一个负责人，一个承诺", "One request, one owner, one promise", "0123456789 ¥ · …"]
      .map((words) => Math.round(pen.measureText(words).width * 10) / 10);
  });
}"""


@pytest.fixture
def still(chromium: Browser, site: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The gallery with clocks that stand, here and in the browser, in the language and theme of this test."""
    for module in (times, promises):
        monkeypatch.setattr(module, "now", lambda: STILL_AT)
    language, theme = request.param
    context = chromium.new_context(
        viewport={"width": 1180, "height": 6000},
        device_scale_factor=0.5,
        color_scheme=theme,
        locale=language,
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.clock.set_fixed_time(STILL_AT)

    page.goto(f"{site}/gallery/still/")
    page.evaluate("document.fonts.ready")
    yield page
    context.close()


def drawn(page: Page) -> dict[str, bytes]:
    """Return the picture of each card by its title."""
    cards = page.locator("main .yn-page > .yn-card").all()
    return {name_of(card.locator("h2").first.inner_text()): card.screenshot(animations="disabled") for card in cards}


def name_of(title: str) -> str:
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-")


def drawn_with(page: Page, chromium: Browser) -> dict[str, Any]:
    return {"chromium": chromium.version.split(".")[0], "fonts": page.evaluate(FONTS)}


def difference(judge: Page, before: bytes, after: bytes) -> float:
    texts = [base64.b64encode(picture).decode() for picture in (before, after)]
    return float(judge.evaluate(COMPARE, [*texts, COLOUR_TOLERANCE]))


@pytest.fixture
def judge(chromium: Browser) -> Any:
    """An empty page, free of our policy, that compares pictures."""
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("still", LOOKS, indirect=True, ids="-".join)
def test_every_card_looks_as_it_did(
    still: Page, judge: Page, chromium: Browser, request: pytest.FixtureRequest
) -> None:
    folder = PICTURES / "-".join(request.node.callspec.params["still"])
    fresh, tools = drawn(still), drawn_with(still, chromium)
    if RENEW:
        store(folder, fresh, tools)
    known = json.loads((folder / "drawn-with.json").read_text())
    if known != tools:
        pytest.skip(f"The pictures were drawn with {known}, this machine draws with {tools}.")

    stored = {path.stem: path.read_bytes() for path in folder.glob("*.png")}
    assert sorted(fresh) == sorted(stored), "cards came or went: look at them, then YINUO_RENEW_PICTURES=1"
    differing = {name: difference(judge, stored[name], picture) for name, picture in fresh.items()}
    assert {name: share for name, share in differing.items() if share > SHARE_TOLERANCE} == {}


@pytest.mark.parametrize("still", [("zh-CN", "light")], indirect=True, ids=["zh-CN-light"])
@pytest.mark.parametrize(
    "spoil",
    [
        "card.querySelector('.yn-pill').remove()",
        "card.querySelector('.yn-pill').textContent = 'another word'",
        "card.style.setProperty('--yn-brand', '#c00')",
        "card.style.paddingTop = '30px'",
    ],
    ids=["gone", "other words", "other colour", "moved"],
)
def test_the_comparison_sees_what_a_person_would(still: Page, judge: Page, spoil: str) -> None:
    before = drawn(still)["pill"]
    card = (
        "[...document.querySelectorAll('main .yn-card')].find((each) => each.querySelector('h2')?.innerText === 'pill')"
    )

    again = drawn(still)["pill"]
    still.evaluate(f"() => {{ const card = {card}; {spoil}; }}")
    spoilt = drawn(still)["pill"]

    assert difference(judge, before, again) <= SHARE_TOLERANCE
    assert difference(judge, before, spoilt) > SHARE_TOLERANCE


def store(folder: Path, pictures: dict[str, bytes], tools: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for name, picture in pictures.items():
        (folder / f"{name}.png").write_bytes(picture)
    (folder / "drawn-with.json").write_text(json.dumps(tools, ensure_ascii=False) + "\n")
