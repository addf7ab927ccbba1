"""Markup holds whatever the pictures are: the right set, the right size, and words that cannot break out."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.markup import Markup, candidates, markup
from pipeline.model import Rendition, RenditionFormat
from tests.unit.pictures import published, rendition

FULL = published(320, 640, 1280, 2560)
Tag = tuple[str, dict[str, str | None]]


class Tags(HTMLParser):
    """What a browser would see: every tag with its attributes, and any text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def made(renditions: list[Rendition], alt: str = "A cat") -> Markup:
    found = markup(renditions, alt)
    assert found
    return found


def tags(html: str) -> list[Tag]:
    return Tags(html).tags


def names(html: str) -> list[str]:
    return [name for name, _ in tags(html)]


def widths(srcset: str | None) -> list[int]:
    return [int(each.rpartition(" ")[2].removesuffix("w")) for each in (srcset or "").split(", ")]


def test_an_image_names_every_width_its_size_and_its_words() -> None:
    [(tag, image)] = tags(made(FULL).img)
    assert tag == "img"
    assert widths(image["srcset"]) == [320, 640, 1280, 2560]
    assert image["sizes"] == "(max-width: 2560px) 100vw, 2560px"
    assert (image["width"], image["height"], image["alt"]) == ("2560", "1920", "A cat")
    assert (image["loading"], image["decoding"]) == ("lazy", "async")


def test_programs_without_srcset_get_a_file_of_modest_width() -> None:
    assert "s1280" in (tags(made(FULL).img)[0][1]["src"] or "")
    assert "s2000" in (tags(made(published(2000, 2560)).img)[0][1]["src"] or "")


def test_a_picture_offers_avif_then_webp_then_jpeg() -> None:
    found = tags(made(FULL).picture)
    assert [name for name, _ in found] == ["picture", "source", "source", "img"]
    assert [attributes["type"] for _, attributes in found[1:3]] == ["image/avif", "image/webp"]
    assert all(widths(attributes["srcset"]) == [320, 640, 1280, 2560] for _, attributes in found[1:])


def test_amp_gets_webp_and_falls_back_on_jpeg() -> None:
    (outer, webp), (inner, jpeg) = tags(made(FULL).amp)
    assert outer == inner == "amp-img"
    assert ".webp" in (webp["src"] or "")
    assert ".jpg" in (jpeg["src"] or "")
    assert "fallback" in jpeg
    assert "fallback" not in webp
    for each in (webp, jpeg):
        assert (each["layout"], each["width"], each["height"]) == ("responsive", "2560", "1920")
        assert "disable-inline-width" in each
        assert each["alt"] == "A cat"


@pytest.mark.parametrize("missing", ["AVIF", "WEBP"])
def test_a_format_that_is_missing_is_left_out(missing: str) -> None:
    rest = [each for each in FULL if each.format != missing]
    assert f"image/{missing.lower()}" not in made(rest).picture
    assert names(made(rest).picture) == ["picture", "source", "img"]


def test_jpeg_alone_is_a_picture_without_sources_and_an_amp_image_without_fallback() -> None:
    alone = made([each for each in FULL if each.format == "JPEG"])
    assert names(alone.picture) == ["picture", "img"]
    assert names(alone.amp) == ["amp-img"]


def test_a_format_that_lacks_the_full_width_is_left_out_so_that_nobody_sees_less() -> None:
    rest = [each for each in FULL if (each.format, each.width) != ("AVIF", 2560)]
    assert [each.format for each in candidates(rest)] == ["WEBP", "JPEG"]


def test_a_format_that_lacks_a_width_between_is_kept() -> None:
    rest = [each for each in FULL if (each.format, each.width) != ("AVIF", 640)]
    assert [each.format for each in candidates(rest)] == ["AVIF", "WEBP", "JPEG"]


def test_without_jpeg_the_next_best_known_format_is_for_everybody() -> None:
    rest = [each for each in FULL if each.format != "JPEG"]
    assert ".webp" in made(rest).img
    assert names(made(rest).picture) == ["picture", "source", "img"]


def test_only_copies_that_show_all_of_the_picture_are_candidates() -> None:
    named = [rendition("art2560", "JPEG", 2560, 1440), rendition("app512", "PNG", 512, 512)]
    named += [rendition("w150", "JPEG", 150, 113), rendition("s999", "JPEG", 640, 480)]
    assert markup(named, "A cat") is None
    assert made([*named, *FULL]) == made(FULL)


def test_the_order_and_repetition_of_renditions_do_not_matter() -> None:
    assert made([*reversed(FULL), *FULL]) == made(FULL)


def test_what_has_no_address_yet_cannot_be_pasted() -> None:
    assert markup([rendition("s320", "JPEG", 320, 240, url="")], "A cat") is None
    assert markup([], "A cat") is None


def test_a_picture_of_one_pixel_is_a_picture() -> None:
    image = tags(made(published(1)).img)[0][1]
    assert (image["width"], image["height"], image["sizes"]) == ("1", "1", "(max-width: 1px) 100vw, 1px")


def test_a_picture_that_shows_nothing_to_tell_has_an_empty_alt_all_the_same() -> None:
    assert 'alt=""' in made(FULL, "").img


@pytest.mark.parametrize(
    "alt",
    [
        '"><script>alert(1)</script>',
        "' onerror='alert(1)",
        "--><!-- ]]> </picture></amp-img></textarea>",
        "&quot;&#34;&amp;lt;",
        "a\r\nb\tc",
        "\0\x1b\u202e\u2066\ud800 gone",
        "x" * 5_000,
    ],
)
def test_hostile_words_stay_words(alt: str) -> None:
    found = made(FULL, alt)
    for html, expected in (
        (found.img, ["img"]),
        (found.picture, ["picture", "source", "source", "img"]),
        (found.amp, ["amp-img", "amp-img"]),
    ):
        assert names(html) == expected
        assert Tags(html).text == ""
        html.encode()


@given(st.text(max_size=60))
def test_no_words_break_out_and_what_can_be_shown_arrives(alt: str) -> None:
    [(_, image)] = tags(made(FULL, alt).img)
    assert len(image) == 9
    shown = image["alt"] or ""
    assert [sign for sign in alt if sign.isalnum()] == [sign for sign in shown if sign.isalnum()]


@given(st.text(alphabet="ab,; \t\n\"'<>&?#%é", max_size=20))
def test_no_address_breaks_a_set_of_candidates(strange: str) -> None:
    given = [rendition("s320", f, 320, 240, url=f"https://x.example/{strange}/1") for f in FORMATS]
    [(_, image)] = tags(made(given).img)
    address, _, width = (image["srcset"] or "").partition(" ")
    assert width == "320w"
    assert not set(address) & set(', \t\n"<>')


FORMATS: tuple[RenditionFormat, ...] = ("JPEG", "WEBP", "AVIF")
