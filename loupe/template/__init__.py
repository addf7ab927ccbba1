"""The SAM template: all of Loupe on AWS as one stack, generated from the actors (docs/decisions/0025)."""

from loupe.template import actors, alarms, clock, costs, dashboard, data, edge, entries, names, people, rows
from loupe.template.exceptions import excepted
from loupe.template.functions import Code
from loupe.template.outputs import outputs
from loupe.template.parameters import CONDITIONS, PARAMETERS
from loupe.template.parts import Json, together
from pipeline.chain import Chain

ZIPS = "build/lambda"
"""Folder of the zips."""
QUEUES = {"take_in": "arrivals", "slack_work": "slack", "send_cards": "cards", "deliver": "news"}
"""Functions beside the actors that a queue starts, and that queue."""


def zipped(bundle: str) -> str:
    """Where the zip of a bundle lies, from the root of the repository."""
    return f"{ZIPS}/{bundle}.zip"


def template(chain: Chain, code: Code = zipped) -> Json:
    """The template of a chain. Raises ``Declaration`` for an actor that does not fit AWS.

    ``code`` says where the zip of a bundle lies.
    """
    parts = [rows.table(), data.store(), data.public(), data.topic()]
    parts += [actors.resources(each, code) for each in chain]
    parts += [entries.take_in(code), entries.router(code)]
    parts += [people.slack(code), people.cards(code), people.news(code)]
    parts += [people.redrive(code, chain.names())]
    parts += [clock.clock(code), clock.sweep(code), clock.schedules()]
    parts += [edge.page(code), edge.distribution(), names.pictures(), names.requests(), names.routing()]
    return _whole(chain, _watched(chain, together(parts)))


def _watched(chain: Chain, resources: Json) -> Json:
    """Everything, and what looks after it."""
    memory = {
        _name(each): each["Properties"]["MemorySize"]
        for each in resources.values()
        if each["Type"] == "AWS::Serverless::Function"
    }
    queues = [*QUEUES.values(), *chain.names()]
    parts = [resources, alarms.topic(), alarms.of_all(), alarms.of_router(), costs.budget()]
    parts += [alarms.of_actor(name) for name in chain.names()]
    parts += [alarms.of_queue(name, queue) for name, queue in QUEUES.items()]
    parts += [alarms.of_function(name) for name in memory if not chain.get(name)]
    parts += [alarms.filters(name, runs=chain.get(name) is not None) for name in memory]
    parts += [dashboard.dashboard(chain.names(), memory, queues)]
    return together(parts)


def _name(function: Json) -> str:
    """As in ``take_in``."""
    return str(function["Properties"]["FunctionName"]["Fn::Sub"]).partition("-")[2]


def _whole(chain: Chain, resources: Json) -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": "Loupe looks at every picture that is posted and says what it found.",
        "Parameters": PARAMETERS,
        "Conditions": CONDITIONS,
        "Resources": excepted(resources),
        "Outputs": outputs(chain.names()),
    }
