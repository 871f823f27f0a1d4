"""Which requests a fault is for. `proxy.py` describes the words."""

import re

CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
COPY_CONDITIONS = tuple(prefix + name for prefix in ("x-amz-copy-source-", "x-ms-source-") for name in CONDITIONS)
WORDS = {"method", "target", "has", "lacks", "token", "skip", "count", "seconds", "rate", "headers", "retry_after"}
FAULTS = {"reset", "lost", "drop", "truncated", "flipped", "200-error", "200-error-lost", "delay", "slow", "hang",
          "unconditional", "expired", "skewed"}


class Rule:
    def __init__(self, text):
        first, *more = text.split(",")
        self.fault, _, percent = first.partition(":")
        self.percent = float(percent or 100)
        words = dict(word.split("=", 1) for word in more)
        if self.fault not in FAULTS and not re.fullmatch(r"[345]\d\d(-lost)?", self.fault):
            raise ValueError(f"no fault '{self.fault}'")
        if words.keys() - WORDS:
            raise ValueError(f"no word '{(words.keys() - WORDS).pop()}'")
        self.methods = set(words.get("method", "").split("+")) - {""}
        self.target = re.compile(words.get("target", ""))
        self.has, self.lacks = words.get("has", "").lower(), words.get("lacks", "").lower()
        self.token = words.get("token")
        self.skip, self.count = int(words.get("skip", 0)), int(words.get("count", -1))
        self.seconds, self.rate = float(words.get("seconds", 1)), int(words.get("rate", 100_000))
        self.headers = words.get("headers", "+".join(CONDITIONS + COPY_CONDITIONS)).lower().split("+")
        self.retry_after = words.get("retry_after")

    def applies(self, request, chance):
        if self.methods and request.method not in self.methods or not self.target.search(request.target):
            return False
        if self.has and request.header(self.has) is None or self.lacks and request.header(self.lacks) is not None:
            return False
        if self.token is not None and request.token != self.token or self.count == 0:
            return False
        if chance.random() * 100 >= self.percent:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.count -= 1
        return True
