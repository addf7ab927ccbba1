"""The upload site's words: the same keys in every language, the same places to fill."""

import re
from string import Formatter

import pytest

from web.words import DEFAULT, LANGUAGES, Words

ENGLISH = LANGUAGES[DEFAULT]
OTHERS = [each for each in LANGUAGES.values() if each is not ENGLISH]
PARTS = sorted(ENGLISH.parts)


def places(text: str) -> set[str]:
    """What is filled into a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_there_is_a_second_language() -> None:
    assert {"en", "de"} <= LANGUAGES.keys()


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words.language)
@pytest.mark.parametrize("part", PARTS)
def test_every_text_is_there_in_every_language(words: Words, part: str) -> None:
    assert words.part(part).keys() == ENGLISH.part(part).keys()


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words.language)
@pytest.mark.parametrize("part", PARTS)
def test_every_translation_says_the_same_facts(words: Words, part: str) -> None:
    for name, text in ENGLISH.part(part).items():
        assert places(words.part(part)[name]) == places(text), name


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=lambda words: words.language)
def test_a_count_has_its_forms(words: Words) -> None:
    for part in PARTS:
        names = words.part(part).keys()
        assert {name[:-4] for name in names if name.endswith("_one")} == {
            name[:-6] for name in names if name.endswith("_other")
        }


def test_the_upload_page_has_no_two_texts_under_one_name() -> None:
    assert ENGLISH.part("upload").keys() & ENGLISH.part("findings").keys() == set()


def test_every_text_that_the_page_s_scripts_ask_for_is_there() -> None:
    from web.assets import FOLDER

    known = ENGLISH.part("upload").keys() | ENGLISH.part("findings").keys()
    counted = {name.rpartition("_")[0] for name in known if name.endswith("_one")}
    for name in ("findings", "row", "total", "upload", "copy"):
        script = (FOLDER / "site" / f"{name}.js").read_text()
        assert set(re.findall(r"\bwords\.([a-z]\w+)\b", script)) - {"js"} <= known, name
        assert set(re.findall(r'many\(words, "(\w+)"', script)) <= counted, name
