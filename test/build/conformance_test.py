# SPDX-License-Identifier: MIT
"""Keeps docs/conformance.md whole: each transcript and test that it names exists, each row names
one, or says why the requirement does not apply, and each transcript is named. Run by tools/test
with pytest.
"""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRANSCRIPTS = {path.stem for path in (ROOT / "test/wire").glob("*.t")}
SHOWN, WHY = "Shown by", "Why"


def cells_of(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def read_tables():
    """The tables, each as its line number, its head, and its rows with their line numbers."""
    tables, lines = [], (ROOT / "docs/conformance.md").read_text().splitlines()
    for number, line in enumerate(lines, 1):
        if not line.startswith("|"):
            continue
        if number > 1 and lines[number - 2].startswith("|"):
            tables[-1][2].append((number, cells_of(line)))
        else:
            tables.append((number, cells_of(line), []))
    return tables


TABLES = read_tables()
ROWS = [(head, number, cells) for _, head, rows in TABLES for number, cells in rows[1:]]
SHOWING = [(number, cells[-1].split()) for head, number, cells in ROWS if head[-1] == SHOWN]
NAMES = {word.strip("`") for _, words in SHOWING for word in words}
PROGRAMS = {name for name in NAMES if "/" in name}


def matching(name):
    """The transcripts that a name stands for: `name`, or `name-*`."""
    if name.endswith("-*"):
        return {transcript for transcript in TRANSCRIPTS if transcript.startswith(name[:-1])}
    return TRANSCRIPTS & {name}


def test_the_tables_are_tables():
    assert len(ROWS) > 200
    for number, head, rows in TABLES:
        assert head[-1] in (SHOWN, WHY), f"line {number}"
        assert set(rows[0][1]) == {"---"}, f"line {number}"
        for line, cells in rows:
            assert len(cells) == len(head) and all(cells), f"line {line}"


def test_a_row_names_what_shows_it():
    for number, words in SHOWING:
        assert words and all(re.fullmatch(r"`[\w/.:*-]+`", word) for word in words), f"line {number}"


def test_each_transcript_that_is_named_exists():
    assert sorted(name for name in NAMES - PROGRAMS if not matching(name)) == []


def test_each_transcript_is_named():
    named = {transcript for name in NAMES - PROGRAMS for transcript in matching(name)}
    assert sorted(TRANSCRIPTS - named) == []


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_each_test_that_is_named_exists(name):
    path, function = name.split(":")
    assert re.search(rf"^(?:def|static void) {function}\(", (ROOT / path).read_text(), re.MULTILINE)
