"""What the DNS says about the sender's domain; the only owner of dnspython."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.name
import dns.resolver

from notifier.errors import OutsideError

__all__ = ["Dmarc", "DnsSilentError", "NameServers", "is_reserved"]

_RESERVED = ("example", "example.com", "example.net", "example.org", "invalid", "localhost", "test")
"""RFC 2606 and 6761: names that are nobody's, and that no mail may come from."""


class DnsSilentError(OutsideError):
    """No answer from the DNS: nothing is known about the name, not even that it does not exist."""

    default_code = "dns_silent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dmarc:
    """What receivers are asked to do with mail that fails, in lower case, as published."""

    place: str
    """The domain that has the record: the sender's own, or one above it."""
    count: int
    """Records there; more than one void each other."""
    policy: str
    """``none``, ``quarantine`` or ``reject``; anything else, or nothing, is a mistake."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NameServers:
    """Whom to ask: the system's name servers, or the ones named here."""

    addresses: tuple[str, ...] = ()
    """IP addresses; none for those of the system."""
    port: int = 53
    seconds: float = 2.0
    """How long one question may take, retries included."""

    def texts(self, domain: str) -> tuple[str, ...]:
        """Return the TXT records of a domain, each in one piece; none where there are none.

        Bytes beyond ASCII become ``?``, so do control characters: whoever owns the domain writes
        them, and an operator's terminal shows them.

        :raises DnsSilentError: no answer in time, a server's failure, no name server at all
        :raises ValueError: this is no domain name
        """
        try:
            name = dns.name.from_text(domain, idna_codec=dns.name.IDNA_2008_Practical)
        except dns.exception.DNSException as error:
            raise ValueError("not a domain name") from error
        try:
            answer = self._resolver().resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise DnsSilentError(
                "DNS does not answer. Nothing was learned about the sender's domain.",
                next_step="Run it again where the system's name servers can be reached.",
            ) from error
        # RFC 7208, 3.3: the strings of a record are joined without anything in between.
        return tuple(_plain(b"".join(record.strings)) for record in answer)

    def spf(self, domain: str) -> tuple[str, ...]:
        """Return the SPF records of a domain (RFC 7208, 4.5); more than one void each other.

        :raises DnsSilentError: as ``texts``
        :raises ValueError: as ``texts``
        """
        found = self.texts(domain)
        return tuple(text for text in found if text.casefold().split(" ")[0] == "v=spf1")

    def dmarc(self, domain: str) -> Dmarc | None:
        """Return the DMARC policy (RFC 7489) of a domain or of the nearest one above it.

        :raises DnsSilentError: as ``texts``
        :raises ValueError: as ``texts``
        """
        labels = domain.rstrip(".").split(".")
        for start in range(max(1, len(labels) - 1)):
            place = ".".join(labels[start:])
            tags = [_tags(text) for text in self.texts(f"_dmarc.{place}")]
            found = [tag for tag in tags if tag.get("v") == "dmarc1"]
            if found:
                own = found[0].get("p", "")
                policy = own if start == 0 else found[0].get("sp", own)
                return Dmarc(place=place, count=len(found), policy=policy)
        return None

    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self.addresses)
        if self.addresses:
            resolver.nameservers = list(self.addresses)
            resolver.port = self.port
        resolver.timeout = resolver.lifetime = self.seconds
        return resolver


def is_reserved(domain: str) -> bool:
    """Whether a domain is one that the standards keep for examples and tests."""
    name = domain.casefold().rstrip(".")
    return any(name == kept or name.endswith(f".{kept}") for kept in _RESERVED)


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.casefold().split(";"))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _plain(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in data)  # noqa: PLR2004  printable ASCII
