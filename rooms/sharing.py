"""A room's address as a picture that a phone reads."""

import io

import segno


def qr_code(address: str) -> bytes:
    """A QR code of an address, as SVG: black on white with the quiet border that readers need, in any theme."""
    picture = io.BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return picture.getvalue()
