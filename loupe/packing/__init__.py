"""Packages for Lambda: one zip per bundle, the same bytes from the same inputs.

    python -m loupe.packing [BUNDLE...]      or: make packages

A bundle is what several functions carry alike: this code, and the distributions of ``requirements.lock`` that
the code of those functions imports. docs/decisions/0026 says why it is so.
"""

from loupe.packing.bundles import BUNDLES, Bundle, bundle_of, entry_bundle
from loupe.packing.target import runtime

__all__ = ["BUNDLES", "Bundle", "bundle_of", "entry_bundle", "runtime"]
