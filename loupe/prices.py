"""What AWS asks for a unit of this and that, in one region at one time; docs/operate.md uses it.

US dollars in us-east-1 (other regions ask more), without free tiers, taxes and discounts, in the first price
step, as of June 2026. Sources, AWS's public pages: "AWS Lambda Pricing" (x86), "Amazon DynamoDB Pricing,
On-Demand" (Standard class; Lambda's reads of a stream are free), "Amazon SNS Pricing" (standard topics;
deliveries to SQS are free, SQS counts them as requests), "Amazon SQS Pricing" (standard queues), "Amazon S3
Pricing", "Amazon CloudFront Pricing" (pay as you go; North America, Europe), "Amazon CloudWatch Pricing",
"Amazon EventBridge Pricing" (Scheduler), "Amazon Rekognition Pricing" (images, group 2). What S3 asks for
requests and for Glacier Instant Retrieval, DynamoDB and logs for what is kept, and Rekognition for an image,
was not compared with a page of that month: look these up before you rely on them.
"""

from dataclasses import dataclass

REGION, AS_OF = "us-east-1", "2026-06"
GB = 1024**3
"""Bytes of what AWS calls a GB."""


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for ``per`` units of something."""

    name: str
    """What it is, for people."""
    unit: str
    dollars: float
    per: float = 1

    def of(self, quantity: float) -> float:
        """Dollars for so many units."""
        return quantity * self.dollars / self.per

    @property
    def words(self) -> str:
        """Such as ``$0.40 per 1,000,000 requests``; ``free`` where it costs nothing."""
        if not self.dollars:
            return "free"
        exact = f"{self.dollars:.10f}".rstrip("0")
        dollars = f"{self.dollars:.2f}" if len(exact) < len("0.00") else exact
        return f"${dollars} per {'' if self.per == 1 else f'{self.per:,.0f} '}{self.unit}"


MILLION = 1e6
PRICES = {
    "lambda.compute": Price("Lambda, computing", "GB-s", 0.0000166667),
    "lambda.request": Price("Lambda, runs", "runs", 0.20, MILLION),
    "dynamodb.write": Price("DynamoDB, writing", "write units", 0.625, MILLION),
    "dynamodb.read": Price("DynamoDB, reading", "read units", 0.125, MILLION),
    "dynamodb.stored": Price("DynamoDB, kept for a month", "GB", 0.25),
    "sns.publish": Price("SNS, publishing", "requests", 0.50, MILLION),
    "sns.delivery": Price("SNS, delivering to SQS", "messages", 0.0),
    "sqs.request": Price("SQS", "requests", 0.40, MILLION),
    "s3.put": Price("S3, writing and listing", "requests", 0.005, 1000),
    "s3.get": Price("S3, reading", "requests", 0.0004, 1000),
    "s3.standard": Price("S3, kept for a month", "GB", 0.023),
    "s3.glacier_ir": Price("S3 Glacier Instant Retrieval, kept for a month", "GB", 0.004),
    "s3.deep_archive": Price("S3 Glacier Deep Archive, kept for a month", "GB", 0.00099),
    "s3.archiving_ir": Price("S3 Glacier Instant Retrieval, writing", "requests", 0.02, 1000),
    "s3.archiving_deep": Price("S3 Glacier Deep Archive, writing", "requests", 0.05, 1000),
    "cloudfront.out": Price("CloudFront, sent to readers", "GB", 0.085),
    "cloudfront.request": Price("CloudFront, HTTPS requests", "requests", 0.01, 10_000),
    "cloudfront.path": Price("CloudFront, invalidating", "paths", 0.005),
    "logs.in": Price("CloudWatch, logs taken in", "GB", 0.50),
    "logs.stored": Price("CloudWatch, logs kept for a month", "GB", 0.03),
    "metric": Price("CloudWatch, metrics of our own", "metrics", 0.30),
    "alarm": Price("CloudWatch, alarms", "alarms", 0.10),
    "dashboard": Price("CloudWatch, dashboards", "dashboards", 3.00),
    "schedule": Price("EventBridge Scheduler", "calls", 1.00, MILLION),
    "rekognition": Price("Rekognition", "images", 0.001),
}
"""By the names that ``loupe.costing`` counts under."""
