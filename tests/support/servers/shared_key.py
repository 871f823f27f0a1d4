"""Azure's Shared Key signature, for what tests ask a server themselves.
Source: Azure Storage REST API, "Authorize with Shared Key"."""

import base64
import email.utils
import hashlib
import hmac
import urllib.parse

VERSION = "2025-11-05"
STANDARD = ("content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
            "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range")


def signed(method, url, headers, account, key, body=b""):
    """The headers, with those that authorise the request."""
    parts = urllib.parse.urlsplit(url)
    out = dict(headers) | {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": VERSION}
    lower = {name.lower(): value for name, value in out.items()}
    if body:
        lower["content-length"] = str(len(body))
    own = sorted((name, value) for name, value in lower.items() if name.startswith("x-ms-"))
    query = sorted((name.lower(), value) for name, value in urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    to_sign = "\n".join([method, *(lower.get(name, "") for name in STANDARD), *(f"{n}:{v}" for n, v in own),
                         f"/{account}{parts.path}" + "".join(f"\n{n}:{v}" for n, v in query)])
    mac = hmac.new(base64.b64decode(key), to_sign.encode(), hashlib.sha256).digest()
    out["Authorization"] = f"SharedKey {account}:{base64.b64encode(mac).decode()}"
    return out
