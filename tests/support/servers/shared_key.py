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


def authorization(method, url, headers, account, key, length=0):
    """What the Authorization header of a request has to say. `length`: of its body."""
    parts = urllib.parse.urlsplit(url)
    lower = {name.lower(): " ".join(str(value).split()) for name, value in headers.items()}
    lower["content-length"] = str(length or "")
    own = sorted((name, value) for name, value in lower.items() if name.startswith("x-ms-"))
    query = sorted((name.lower(), value) for name, value in urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    to_sign = "\n".join([method, *(lower.get(name, "") for name in STANDARD), *(f"{n}:{v}" for n, v in own),
                         f"/{account}{parts.path}" + "".join(f"\n{n}:{v}" for n, v in query)])
    mac = hmac.new(base64.b64decode(key), to_sign.encode(), hashlib.sha256).digest()
    return f"SharedKey {account}:{base64.b64encode(mac).decode()}"


def signed(method, url, headers, account, key, length=0):
    """The headers, with those that authorise the request now."""
    ours = {"authorization", "x-ms-date", "x-ms-version"}
    out = {name: value for name, value in headers.items() if name.lower() not in ours}
    out |= {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": VERSION}
    return out | {"Authorization": authorization(method, url, out, account, key, length)}
