"""The SAM template: all of Loupe on AWS as one stack, generated from the actors (docs/decisions/0025)."""

from loupe.template import actors, data, edge, entries
from loupe.template.functions import Code
from loupe.template.parameters import CONDITIONS, PARAMETERS
from loupe.template.parts import Json, together
from pipeline.chain import Chain

ZIPS = "build/lambda"
"""Folder of the zips."""


def zipped(bundle: str) -> str:
    """Where the zip of a bundle lies, from the root of the repository."""
    return f"{ZIPS}/{bundle}.zip"


def template(chain: Chain, code: Code = zipped) -> Json:
    """The template of a chain. Raises ``Declaration`` for an actor that does not fit AWS."""
    parts = [data.table(), data.store(), data.public(), data.topic(), edge.distribution()]
    parts += [entries.take_in(code), entries.router(code)]
    parts += [actors.resources(each, code) for each in chain]
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": "Loupe looks at every picture that is posted and says what it found.",
        "Parameters": PARAMETERS,
        "Conditions": CONDITIONS,
        "Resources": together(parts),
    }
