"""HealthChain (PyPI) with a handler that answers one card whatever is sent: its reading and writing of the protocol, no medicine."""

from __future__ import annotations

from healthchain.gateway import CDSHooksService, HealthChainAPI
from healthchain.models import Card, CDSRequest, CDSResponse
from healthchain.models.responses.cdsresponse import Source

service = CDSHooksService()


@service.hook("order-sign", id="baclofen-order-sign")
def order_sign(_: CDSRequest) -> CDSResponse:
    """The card of the ceiling."""
    return CDSResponse(
        cards=[
            Card(
                summary="A card that is always the same",
                indicator="warning",
                detail="x" * 1280,
                source=Source(label="healthchain"),
            )
        ]
    )


app = HealthChainAPI()
app.register_service(service, path="/cds")
