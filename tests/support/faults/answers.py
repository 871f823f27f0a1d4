"""What S3 and Azure Blob say in place of the server behind."""

import datetime
import email.utils

# Source: Amazon S3 API Reference, RequestTimeTooSkewed; Azure Storage REST API, "Authorize with Shared Key".
SKEW_MAX_S = 900
TRY_AGAIN = "We encountered an internal error. Please try again."
SLOWER = "Please reduce your request rate."
EXPIRED = "The provided token has expired."
SKEWED = "The difference between the request time and the current time is too large."


def clock(ahead_s):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=ahead_s)


def date(ahead_s):
    return email.utils.format_datetime(clock(ahead_s), usegmt=True)


def is_too_far(request, ahead_s):
    """Whether the request was signed at a time that is not the server's."""
    if request.is_azures:
        signed_at = email.utils.parsedate_to_datetime(request.header("x-ms-date"))
    else:
        signed_at = datetime.datetime.strptime(request.header("x-amz-date") + "+0000", "%Y%m%dT%H%M%SZ%z")
    return abs((clock(ahead_s) - signed_at).total_seconds()) > SKEW_MAX_S


def s3(fault):
    if fault == "expired":
        return 400, "ExpiredToken", EXPIRED
    if fault == "skewed":
        return 403, "RequestTimeTooSkewed", SKEWED
    if fault == "503":
        return 503, "SlowDown", SLOWER
    if fault == "403":
        return 403, "AccessDenied", "Access Denied"
    return 200 if fault.startswith("200-error") else int(fault[:3]), "InternalError", TRY_AGAIN


def azure(fault):
    if fault in ("expired", "skewed"):
        return 403, "AuthenticationFailed", EXPIRED if fault == "expired" else SKEWED
    if fault == "503":
        return 503, "ServerBusy", SLOWER
    if fault == "403":
        return 403, "AuthorizationFailure", "This request is not authorized to perform this operation."
    if fault.startswith("500"):
        return 500, "OperationTimedOut", "The operation could not be completed within the permitted time."
    return 200 if fault.startswith("200-error") else int(fault[:3]), "InternalError", TRY_AGAIN


def reply(request, rule, fault):
    """Returns: its status, its head and its body."""
    status, code, why = (azure if request.is_azures else s3)(fault)
    if request.is_azures:
        about, fields = "", [f"x-ms-error-code: {code}", "x-ms-request-id: FAULTPROXY"]
    else:
        path = request.target.split("?")[0].replace("&", "&amp;").replace("<", "&lt;")
        about = f"<Resource>{path}</Resource><RequestId>FAULTPROXY</RequestId>"
        fields = ["x-amz-request-id: FAULTPROXY"]
    if rule.retry_after:
        fields.append(f"Retry-After: {rule.retry_after}")
    if fault == "skewed":
        fields.append(f"Date: {date(rule.seconds)}")
    body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{why}</Message>{about}'
            "</Error>").encode()
    head = [f"HTTP/1.1 {status} Fault", "Content-Type: application/xml", f"Content-Length: {len(body)}", *fields, "", ""]
    return status, "\r\n".join(head).encode(), body
