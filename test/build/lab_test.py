# SPDX-License-Identifier: MIT
"""Keeps the laboratory whole: each mistake has its pair, its section and its picture, and each of a
pair starts; a mended one answers. What they do under load is for `make lab`. Run by tools/test with
pytest.
"""
import http.client
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "lab"))

from mistakes import MISTAKES  # pylint: disable=wrong-import-position
from twins import PAIRS, Twin, source  # pylint: disable=wrong-import-position

NAMES = [mistake.name for mistake in MISTAKES]
PAGE = (ROOT / "docs/why.md").read_text()


def test_each_program_is_of_a_pair():
    found = {path.stem for path in PAIRS.iterdir() if path.suffix in (".py", ".c")}
    assert found == {"messages"} | {f"{name}_{kind}" for name in NAMES
                                    for kind in ("broken", "mended")}


def test_the_page_has_them_in_order():
    marks = re.findall(r"<!-- lab (\w+) -->", PAGE)
    assert marks == ["summary", *NAMES, "speed"]
    assert PAGE.count("<!-- /lab -->") == len(marks)
    assert re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE) == \
        [str(number) for number in range(1, len(NAMES) + 1)]


def test_the_page_has_figures_and_pictures():
    """They are from a run; here only that they are there."""
    for name in NAMES:
        section = re.search(rf"<!-- lab {name} -->\n(.*?)<!-- /lab -->", PAGE, re.DOTALL)[1]
        assert "| --- | --- | --- |" in section or "Not reproduced" in section
        for picture in re.findall(r"\]\((why/\w+\.svg)\)", section):
            assert ElementTree.parse(ROOT / "docs" / picture).getroot().tag.endswith("svg")
    assert (ROOT / "README.md").read_text().count("(docs/why.md)") == 1


@pytest.mark.parametrize("kind", ["broken", "mended"])
@pytest.mark.parametrize("name", NAMES)
def test_each_starts(name, kind):
    with Twin(name, kind) as twin:
        if kind == "mended":
            client = http.client.HTTPConnection("127.0.0.1", twin.port, timeout=10)
            client.request("GET", "/")
            assert client.getresponse().status == 200
            client.close()
        pids = twin.pids()
    assert source(name, kind).exists() and pids
    assert not twin.pids()
