"""What every proof comes with: each property, and a certificate that the kernel accepts."""

from __future__ import annotations

from armsym.binary.image import Image
from armsym.check.certificate import Certificate
from armsym.check.replay import check
from armsym.kernel.theorem import Fulfils
from armsym.prove.result import PROPERTIES, Result, Verdict


def check_proved(result: Result, image: Image) -> None:
    """Fails unless all is proved, and the certificate shows it again from the image, on no word."""
    assert (result.verdict, result.reason) == (Verdict.PROVED, "")
    assert result.properties == dict.fromkeys(PROPERTIES, Verdict.PROVED)
    assert result.certificate is not None
    theorem = check(Certificate.from_bytes(result.certificate.to_bytes()), image)
    assert theorem.conclusion == Fulfils(result.certificate.statement)
    assert not theorem.hypotheses
    assert not theorem.rests_on
