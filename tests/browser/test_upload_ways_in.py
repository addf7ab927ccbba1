"""Pictures come in by the file chooser, as a folder, by drag and drop, and from the clipboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.upload_page import picture, visiting
from tests.browser.upload_site import UploadSite, web_part

pytestmark = pytest.mark.browser
TO_CLIPBOARD = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
  canvas.getContext("2d").fillRect(5, 5, 20, 10);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadSite]:
    with web_part(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def page(browser: Browser, site: UploadSite) -> Iterator[Page]:
    with visiting(browser, site) as made:
        made.goto(site.url)
        yield made


def arrived(page: Page, *names: str) -> None:
    """Wait until these have been received, in this order, and nothing else."""
    expect(page.locator("#rows h3")).to_have_text(list(names))
    expect(page.locator("#rows [data-state=looking]")).to_have_count(len(names))


def drag(page: Page, *kinds: str, files: list[Path]) -> None:
    """What the operating system does when somebody drags files over the page."""
    speaker = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(each) for each in files], "dragOperationsMask": 1}
    for kind in kinds:
        speaker.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})


def test_chosen(page: Page, tmp_path: Path) -> None:
    page.locator("#files").set_input_files([picture(tmp_path, "a.jpg", 1), picture(tmp_path, "b.png", 2)])
    arrived(page, "a.jpg", "b.png")


def test_the_same_file_can_be_chosen_again_after_it_was_taken_off(page: Page, tmp_path: Path) -> None:
    file = picture(tmp_path, "again.jpg", 3)
    page.route("**/tickets", lambda route: None)
    page.locator("#files").set_input_files(file)
    page.get_by_role("button", name="Cancel again.jpg").click()
    page.get_by_role("button", name="Remove again.jpg").click()
    expect(page.locator("#rows li")).to_have_count(0)
    page.unroute("**/tickets")
    page.locator("#files").set_input_files(file)
    arrived(page, "again.jpg")


def test_a_whole_folder_without_what_is_no_picture(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    picture(folder, "one.jpg", 4)
    picture(folder / "deeper", "two.jpg", 5)
    (folder / "notes.txt").write_text("Sun all day.")
    (folder / ".DS_Store").write_text("clutter")
    page.locator("#folder").set_input_files(folder)
    expect(page.locator("#rows h3")).to_have_count(2)
    expect(page.locator("#others")).to_contain_text(
        "1 file does not look like a picture and was left out: notes.txt."
    )
    page.get_by_role("button", name="Leave out").click()
    expect(page.locator("#others")).to_be_hidden()
    expect(page.locator("#rows [data-state=looking]")).to_have_count(2)


def test_what_does_not_look_like_a_picture_can_be_sent_all_the_same(page: Page, tmp_path: Path) -> None:
    (tmp_path / "odd.dat").write_bytes(picture(tmp_path, "odd.jpg", 6).read_bytes())
    page.locator("#files").set_input_files(tmp_path / "odd.dat")
    page.get_by_role("button", name="Send anyway").click()
    arrived(page, "odd.dat")


def test_dropped_files_and_folders(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "shoebox"
    files = [picture(tmp_path, "loose.jpg", 7), folder]
    picture(folder / "inner", "nested.jpg", 8)
    drag(page, "dragEnter", "dragOver", files=files)
    expect(page.locator("#zone.over")).to_be_visible()
    drag(page, "drop", files=files)
    expect(page.locator("#zone.over")).to_have_count(0)
    arrived(page, "loose.jpg", "nested.jpg")


def test_a_drag_that_goes_away_leaves_nothing(page: Page, tmp_path: Path) -> None:
    files = [picture(tmp_path, "gone.jpg", 9)]
    drag(page, "dragEnter", "dragOver", files=files)
    expect(page.locator("#zone.over")).to_be_visible()
    page.evaluate(
        "dispatchEvent(new DragEvent('dragleave'))"
    )  # chromium without a screen says nothing by itself
    expect(page.locator("#zone.over")).to_have_count(0)
    expect(page.locator("#queue")).to_be_hidden()


def test_pasted_from_the_clipboard(page: Page, site: UploadSite) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.evaluate(TO_CLIPBOARD)
    page.keyboard.press("Control+V")
    expect(page.locator("#rows h3")).to_contain_text("clipboard")
    expect(page.locator("#rows [data-state=looking]")).to_have_count(1)


def test_pasted_words_are_nobodys_business(page: Page, site: UploadSite) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.evaluate("navigator.clipboard.writeText('only words')")
    page.keyboard.press("Control+V")
    expect(page.locator("#queue")).to_be_hidden()


def test_many_files_show_at_once_and_go_three_at_a_time(page: Page, tmp_path: Path) -> None:
    open_now: list[str] = []
    most: list[int] = []

    def note(asked: str) -> None:
        open_now.append(asked)
        most.append(len(open_now))

    page.on("request", lambda request: note(request.url) if request.url.endswith("/upload") else None)
    page.on(
        "requestfinished", lambda request: open_now.remove(request.url) if request.url in open_now else None
    )
    files = [picture(tmp_path, f"{number:02}.jpg", number + 10) for number in range(9)]
    page.locator("#files").set_input_files(files)
    arrived(page, *[each.name for each in files])
    assert len(most) == 9
    assert max(most) <= 3
    expect(page.locator("#sum")).to_contain_text("9 of 9 sent")


def test_formats_that_the_browser_does_not_know_have_a_placeholder(page: Page, tmp_path: Path) -> None:
    page.locator("#files").set_input_files(
        [picture(tmp_path, "scan.tiff", 30), picture(tmp_path, "photo.jpg", 31)]
    )
    arrived(page, "scan.tiff", "photo.jpg")
    expect(page.locator("#rows canvas")).to_have_count(1)
    expect(page.locator("#rows .placeholder")).to_have_count(1)


def test_after_a_reload_what_was_handed_in_is_there_again(page: Page, tmp_path: Path) -> None:
    page.locator("#files").set_input_files(picture(tmp_path, "stays.jpg", 32))
    arrived(page, "stays.jpg")
    page.reload()
    expect(page.locator("#rows h3").filter(has_text="stays.jpg")).to_have_count(1)
