"""AWS Signature Version 4, written for the tests alone, so that the servers here share no code with what they test.

Source: "Signature Calculations for the Authorization Header" in the Amazon S3 API Reference.
"""

import datetime
import hashlib
import hmac
import urllib.parse

UNSIGNED = "UNSIGNED-PAYLOAD"
OURS = {"authorization", "host", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"}


def signed(method, url, headers, access_key, secret_key, region, payload=UNSIGNED):
    """The headers with those that sign them. The URL's path and query are percent-encoded already."""
    at = urllib.parse.urlsplit(url)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    out = {name: value for name, value in headers.items() if name.lower() not in OURS}
    out |= {"Host": at.netloc, "x-amz-date": now, "x-amz-content-sha256": payload}
    lower = sorted((name.lower(), " ".join(str(value).split())) for name, value in out.items()
                   if name.lower() == "host" or name.lower().startswith("x-amz-"))
    names = ";".join(name for name, _ in lower)
    pairs = sorted(tuple((part + "=").split("=")[:2]) for part in at.query.split("&") if part)
    query = "&".join(f"{key}={value}" for key, value in pairs)
    canonical = "\n".join([method, at.path or "/", query, *(f"{name}:{value}" for name, value in lower), "", names,
                           payload])
    scope = f"{now[:8]}/{region}/s3/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret_key.encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    out["Authorization"] = (f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, "
                            f"Signature={key.hex()}")
    return out
