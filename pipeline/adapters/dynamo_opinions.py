"""What people say is wrong, in the images' partitions of the DynamoDB table."""

from datetime import UTC, datetime
from typing import get_args

from pipeline.adapters.dynamo_table import NEW, Put, Table, Value
from pipeline.adapters.dynamo_tombstones import alive
from pipeline.opinions import Opinion, Wrong

OPINION = "opinion#"
WRONG: tuple[Wrong, ...] = get_args(Wrong)


class DynamoOpinions:
    """``pipeline.opinions.Opinions``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, opinion: Opinion) -> None:
        """See ``Opinions.add``; none of an erased image."""
        item: dict[str, Value] = {
            "pk": opinion.image,
            "sk": f"{OPINION}{opinion.key}",
            "wrong": " ".join(opinion.wrong),
            "comment": opinion.comment,
            "person": opinion.person,
            "at": opinion.at.timestamp(),
        }
        self._table.write(Put(item, NEW), alive(opinion.image))

    def of(self, image: str) -> list[Opinion]:
        """See ``Opinions.of``."""
        found = [
            Opinion(
                key=item["sk"].removeprefix(OPINION),
                image=image,
                wrong=tuple(each for each in WRONG if each in item["wrong"].split()),
                comment=item["comment"],
                person=item["person"],
                at=datetime.fromtimestamp(item["at"], UTC),
            )
            for item in self._table.query(image, OPINION)
        ]
        return sorted(found, key=lambda said: (said.at, said.key))
