"""Static files with their hash in the name, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Vendored files refer to source maps that we do not ship; a missing one is no reason to stop."""

    manifest_strict = False
