"""The router that the endpoints of this folder share."""

from ninja import Router

router = Router(tags=["standards"])
