"""Certificates made on the fly by an authority of our own, good or broken in a chosen way."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK_HOSTS = ("localhost", "127.0.0.1")
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class CertificateFiles:
    """Where a server certificate and its private key lie, as PEM."""

    certificate: Path
    key: Path


class CertificateAuthority:
    """A certificate authority that lives as long as its folder.

    The extensions satisfy ``ssl.VERIFY_X509_STRICT``, which Python 3.13 switches on by default.
    """

    def __init__(self, directory: Path):
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _common_name("Test authority")
        self._certificate = self._self_signed()
        self.ca_file = directory / "ca.pem"
        self.ca_file.write_bytes(_pem(self._certificate))

    def issue(self, hosts=LOOPBACK_HOSTS, *, expired=False) -> CertificateFiles:
        """Write a server certificate for ``hosts``; an expired one ended yesterday."""
        key = ec.generate_private_key(ec.SECP256R1())
        end = _now() - _DAY if expired else _now() + 30 * _DAY
        certificate = (
            self._builder(_common_name(hosts[0]), key.public_key(), end)
            .add_extension(x509.SubjectAlternativeName([_alternative(h) for h in hosts]), False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
            .sign(self._key, hashes.SHA256())
        )
        files = CertificateFiles(self._directory / "server.pem", self._directory / "server.key")
        files.certificate.write_bytes(_pem(certificate))
        files.key.touch(0o600)
        files.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return files

    def _self_signed(self):
        return (
            self._builder(self._name, self._key.public_key(), _now() + 30 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            .add_extension(_signing_only(), True)
            .sign(self._key, hashes.SHA256())
        )

    def _builder(self, subject, public_key, end):
        """What the authority's own certificate and the ones that it issues have in common."""
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() - 60 * _DAY)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False
            )
        )


def _now():
    return datetime.datetime.now(datetime.timezone.utc)


def _common_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _signing_only():
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)
