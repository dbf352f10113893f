"""The components every page shares: declared attributes, one template each, all shown in the gallery."""
