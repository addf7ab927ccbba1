"""The settings of the alarms."""

from pydantic import Field
from pydantic_settings import BaseSettings

from pipeline.alarm_rules import Limits


class AlarmSettings(BaseSettings):
    """From when on something is wrong (docs/alarms.md)."""

    alarm_parked: int = Field(
        0, ge=-1, description="Parked runs above which an alarm is raised; -1: never", examples=[10]
    )
    alarm_oldest: float = Field(
        600, ge=-1, description="Seconds that a run may be due before an alarm is raised; -1: never",
        examples=[1800],
    )  # fmt: skip
    alarm_failures: float = Field(
        0.2, ge=-1, le=1, examples=[0.5],
        description="Part of an hour's runs that may fail before an alarm is raised; -1: never",
    )  # fmt: skip
    alarm_disk: float = Field(
        1, ge=-1, description="GB on the disk below which an alarm is raised; -1: never", examples=[20]
    )
    alarm_quiet: float = Field(
        0, ge=-1, description="Hours without a picture after which an alarm is raised; 0: never",
        examples=[48],
    )  # fmt: skip
    alarm_sink: float = Field(
        30, ge=-1, examples=[120],
        description="Minutes that news may fail to get to a sink before an alarm is raised; -1: never",
    )  # fmt: skip

    @property
    def limits(self) -> Limits:
        """As the rules know them."""
        return Limits(
            parked=self.alarm_parked,
            oldest=self.alarm_oldest,
            failures=self.alarm_failures,
            disk=self.alarm_disk,
            quiet=self.alarm_quiet,
            sink=self.alarm_sink,
        )
