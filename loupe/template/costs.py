"""A budget for those who name one."""

from loupe.template.parts import Json, ref, resource, sub

ACTUAL, FORECAST = 80, 100
"""Per cent of the budget at which somebody hears of what was spent, and of what will be."""


def budget() -> Json:
    """The budget of the whole account: AWS counts by stack only where somebody turned that on."""
    amount = {"Amount": ref("MonthlyBudget"), "Unit": "USD"}
    config = {
        "BudgetName": sub("${AWS::StackName}"),
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": amount,
    }
    notices = [_notice("ACTUAL", ACTUAL), _notice("FORECASTED", FORECAST)]
    properties = {"Budget": config, "NotificationsWithSubscribers": notices}
    return {"Budget": resource("Budgets::Budget", properties, Condition="HasBudget")}


def _notice(kind: str, per_cent: int) -> Json:
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": per_cent,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [{"SubscriptionType": "SNS", "Address": ref("AlarmTopic")}],
    }
