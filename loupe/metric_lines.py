"""Log lines that are CloudWatch metrics as well: CloudWatch reads them out of the log.

Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring, "Embedded metric format specification".
"""

import logging

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from loupe.logs import JsonLines

NAMESPACE = "Loupe"


class EmfLines(JsonLines):
    """Loupe's lines; that of a run is a metric, too, by actor: ``ms``, and ``failed`` as 0 or 1."""

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """What the line says; the members that the metric names stand at its root."""
        line = super().fields(record)
        if not hasattr(record, "outcome"):
            return line
        failed = int(record.outcome == "failed")
        metrics = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
        metrics.set_timestamp(int(record.created * 1000))
        metrics.add_dimension("actor", str(line["actor"]))
        metrics.add_metric("ms", MetricUnit.Milliseconds, float(str(line["ms"])))
        metrics.add_metric("failed", MetricUnit.Count, failed)
        return dict(metrics.serialize_metric_set()) | line | {"failed": failed}
