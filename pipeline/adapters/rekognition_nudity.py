"""The port ``NudityDetector`` by Amazon Rekognition's DetectModerationLabels. Pictures are sent to AWS.

Labels of moderation model 7: docs.aws.amazon.com/rekognition/latest/dg/moderation-api.html. What counts is
*Explicit*, a label of the first level (genitals, buttocks, female nipples; sexual activity; sex toys), which
comes with each label below it, and *Explicit Nudity*, of the second level, which is of the first in model 6.1
(dg/moderation-response-transform.html). *Non-Explicit Nudity*, bare backs and male nipples among it, swimwear
and kisses do not count. How well scores agree with those of the model on this machine has not been measured.
"""

from PIL.Image import Image

from pipeline.adapters.rekognition import Connect, ask, rekognition, sent

EXPLICIT = frozenset({"Explicit", "Explicit Nudity"})


class RekognitionNudity:
    """Scores pictures by the greatest confidence in a label that counts."""

    def __init__(self, connect: Connect = rekognition) -> None:
        self._connect = connect
        self.model = "Amazon Rekognition moderation"
        """With the version that answered last."""

    def score(self, picture: Image) -> float:
        """0-100, from an upright RGB ``picture``; 0 where no label counts.

        Raises ``Transient`` where the service is busy, ``Unavailable`` where it refuses.
        """
        answer = ask(self._connect, "detect_moderation_labels", sent(picture).jpeg, MinConfidence=0.0)
        if version := answer.get("ModerationModelVersion"):
            self.model = f"Amazon Rekognition moderation {version}"
        labels = answer.get("ModerationLabels", ())
        return round(max((each["Confidence"] for each in labels if each["Name"] in EXPLICIT), default=0.0), 3)
