"""Asks for what people want: writes it down, then runs the actors that read it."""

from bot.offers import RESTORING, Deed
from bot.ports import Runs
from pipeline.ports import Notes

DETECTORS = ("detect_nudity", "detect_faces", "read_watermark")
READING = "read_metadata"
MAKERS = ("make_renditions", "make_copies")


class Wishes:
    """Asking twice is harmless. Everything raises ``LoupeError`` where it could not be written down."""

    def __init__(self, notes: Notes, runs: Runs) -> None:
        self._notes = notes
        self._runs = runs

    def describe(self, image: str, words: str, person: str) -> None:
        """These words for those who cannot see the picture."""
        self._notes.set(image, "alt", words, person)
        self._runs.replay(image, "publish_image")

    def hold(self, image: str, person: str) -> None:
        """Nobody shall see the picture before a moderator has looked."""
        self._notes.set(image, "hold", "", person)
        self._runs.replay(image, "decide_release")

    def place(self, image: str, latitude: float, longitude: float, person: str) -> None:
        """It was taken there, says a person; what the file itself says goes before that."""
        self._notes.set(image, "place", f"{latitude},{longitude}", person)
        self._runs.replay(image, READING)

    def is_withdrawn(self, image: str) -> bool:
        """Does somebody want that there be no web copies?"""
        return self._notes.get(image, "withdraw") is not None

    def do(self, deed: Deed, image: str, person: str) -> None:
        """Ask for what was on offer."""
        match deed:
            case "again":
                self._again(image)
            case "withdraw":
                self._notes.set(image, "withdraw", "", person)
                self._make(image)
            case "publish":
                self._notes.clear(image, "withdraw")
                self._make(image)
            case "restore":
                self._notes.set(image, "restore", "", person)
                self._runs.replay(image, RESTORING)
            case "unplace":
                self._notes.clear(image, "place")
                self._runs.replay(image, READING)
            case "place":
                raise ValueError("Where it was taken is asked first.")

    def _again(self, image: str) -> None:
        if not self._runs.replay(image):
            for actor in DETECTORS:
                self._runs.replay(image, actor)

    def _make(self, image: str) -> None:
        for actor in MAKERS:
            self._runs.replay(image, actor)
