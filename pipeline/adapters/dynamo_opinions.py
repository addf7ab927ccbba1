"""What people say is wrong, in the DynamoDB table: ``opinion#KEY`` in the image's partition."""

from datetime import UTC, datetime
from typing import get_args

from pipeline.adapters.dynamo_table import NEW, Put, Table, Value
from pipeline.opinions import Opinion, Wrong

OPINION = "opinion#"
WRONG: tuple[Wrong, ...] = get_args(Wrong)


class DynamoOpinions:
    """``pipeline.opinions.Opinions``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, opinion: Opinion) -> None:
        """See ``Opinions.add``."""
        said = {"wrong": " ".join(opinion.wrong), "comment": opinion.comment, "person": opinion.person}
        item: dict[str, Value] = {
            "pk": opinion.image,
            "sk": f"{OPINION}{opinion.key}",
            "at": opinion.at.timestamp(),
            **said,
        }
        self._table.write(Put(item, NEW))

    def of(self, image: str) -> list[Opinion]:
        """See ``Opinions.of``."""
        found = sorted(self._table.query(image, OPINION), key=lambda item: (item["at"], item["sk"]))
        return [
            Opinion(
                key=item["sk"].removeprefix(OPINION),
                image=image,
                wrong=tuple(each for each in WRONG if each in item["wrong"].split()),
                comment=item["comment"],
                person=item["person"],
                at=datetime.fromtimestamp(item["at"], UTC),
            )
            for item in found
        ]
