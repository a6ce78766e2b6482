"""Static files in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Names carry a hash of the content, also inside `import` statements of ES modules."""

    support_js_module_import_aggregation = True
