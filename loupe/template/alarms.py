"""What calls out: metrics of the log lines, alarms, and the topic that they go to.

AWS's own metrics of queues and functions cost nothing; so alarms look at those. Two metrics are made of the
log lines (docs/metrics.md): ``parked``, runs that failed for good, and ``errors``. How long runs take the
lines themselves make a metric of, by actor (``Loupe``, ``ms``).
"""

from collections.abc import Mapping

from loupe.template.parts import Json, allow, att, logical, policy, ref, resource, sub

NAMESPACE = "Loupe/${AWS::StackName}"
LATE_SECONDS = 600
ITERATOR_MS = 60_000
"""Milliseconds that the router may lag behind the stream."""
SPAN = 300
"""Seconds of one look."""
Alarm = Mapping[str, object]


def topic() -> Json:
    """The topic of alarms. No key of AWS's own would let CloudWatch publish to it."""
    statement = allow(["sns:Publish"], ref("AlarmTopic"))
    statement |= {
        "Principal": {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]},
        "Condition": {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
    }
    mail = {"TopicArn": ref("AlarmTopic"), "Protocol": "email", "Endpoint": ref("AlarmMail")}
    return {
        "AlarmTopic": resource("SNS::Topic", {"DisplayName": "Loupe"}),
        "AlarmTopicPolicy": resource(
            "SNS::TopicPolicy", {"Topics": [ref("AlarmTopic")], "PolicyDocument": policy(statement)}
        ),
        "AlarmSubscription": resource("SNS::Subscription", mail, Condition="HasAlarmMail"),
    }


def filters(name: str, *, runs: bool) -> Json:
    """What the log of a function is counted for; ``runs``: is it an actor's?"""
    found = {f"{logical(name)}Errors": _filter(name, "errors", '{ $.level = "error" }')}
    if runs:
        found[f"{logical(name)}ParkedRuns"] = _filter(name, "parked", '{ $.outcome = "failed" }')
    return found


def of_actor(name: str) -> Json:
    """The alarms of an actor."""
    return _conditional("HasActorAlarms", {**of_queue(name, name), **of_function(name)})


def of_queue(name: str, queue: str) -> Json:
    """The alarms of a queue: something was given up; something waits for long."""
    whole = logical(queue)
    return {
        f"{whole}ParkedAlarm": parked(queue),
        f"{whole}LateAlarm": alarm(
            f"{queue}: late",
            f"Messages of {name} wait for more than {LATE_SECONDS // 60} minutes.",
            _metric("SQS", "ApproximateAgeOfOldestMessage", "Maximum", _queue(f"{whole}Queue")),
            LATE_SECONDS,
        ),
    }


def parked(queue: str) -> Json:
    """Something lies in a dead-letter queue."""
    return alarm(
        f"{queue}: parked",
        f"Something was given up; see docs/operate.md (queue {logical(queue)}Parked).",
        _metric("SQS", "ApproximateNumberOfMessagesVisible", "Maximum", _queue(f"{logical(queue)}Parked")),
        0,
    )


def of_function(name: str) -> Json:
    """The alarms of a function: it ends with errors; it is held back."""
    whole, of = logical(name), {"Name": "FunctionName", "Value": ref(logical(name))}
    return {
        f"{whole}ErrorsAlarm": alarm(
            f"{name}: errors",
            f"The function {name} died in two of three spans of five minutes: its log tells why.",
            _metric("Lambda", "Errors", "Sum", of),
            0,
            spans=(2, 3),
        ),
        f"{whole}ThrottlesAlarm": alarm(
            f"{name}: held back",
            f"AWS holds {name} back: the account's limit of concurrent functions is reached.",
            _metric("Lambda", "Throttles", "Sum", of),
            0,
            spans=(3, 3),
        ),
    }


def of_router() -> Json:
    """The router lags behind the stream, or gave something up."""
    of = {"Name": "FunctionName", "Value": ref("Router")}
    return {
        "RouterLateAlarm": alarm(
            "router: late",
            "The router lags behind the table's stream: what landed starts nothing.",
            _metric("Lambda", "IteratorAge", "Maximum", of),
            ITERATOR_MS,
        ),
        "RouterParkedAlarm": parked("router"),
    }


def of_all() -> Json:
    """For whoever wants few alarms: runs that failed for good, of all actors."""
    metric = {"Namespace": sub(NAMESPACE), "MetricName": "parked", "Statistic": "Sum"}
    told = alarm("parked runs", "Runs failed for good: loupe status.", metric, 0)
    return {"ParkedRunsAlarm": told}


def alarm(name: str, words: str, metric: Alarm, above: float, *, spans: tuple[int, int] = (1, 1)) -> Json:
    """An alarm that rises above a threshold in so many of so many spans; no news is good news."""
    properties = {
        "AlarmName": sub(f"${{AWS::StackName}} {name}"),
        "AlarmDescription": words,
        **metric,
        "Period": SPAN,
        "DatapointsToAlarm": spans[0],
        "EvaluationPeriods": spans[1],
        "Threshold": above,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [ref("AlarmTopic")],
        "OKActions": [ref("AlarmTopic")],
    }
    return resource("CloudWatch::Alarm", properties)


def _conditional(condition: str, resources: Json) -> Json:
    return {name: each | {"Condition": condition} for name, each in resources.items()}


def _filter(name: str, metric: str, pattern: str) -> Json:
    told = {"MetricName": metric, "MetricNamespace": sub(NAMESPACE), "MetricValue": "1"}
    properties = {
        "LogGroupName": ref(f"{logical(name)}Logs"),
        "FilterPattern": pattern,
        "MetricTransformations": [told],
    }
    return resource("Logs::MetricFilter", properties)


def _metric(service: str, name: str, statistic: str, *dimensions: Json) -> Alarm:
    return {
        "Namespace": f"AWS/{service}",
        "MetricName": name,
        "Statistic": statistic,
        "Dimensions": list(dimensions),
    }


def _queue(name: str) -> Json:
    return {"Name": "QueueName", "Value": att(name, "QueueName")}
