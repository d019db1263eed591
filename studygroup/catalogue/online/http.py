"""One public service, asked politely: with a distance between requests, pauses when it asks for them, and an end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, TypeVar

import httpx

from studygroup.catalogue.online.public_hosts import NotPublicError
from studygroup.version import __version__

USER_AGENT = f"studygroup/{__version__} (completes a reading group's catalogue)"

RETRIES = 4
FIRST_PAUSE_S = 3.0
LONGEST_PAUSE_S = 120.0
# After so many requests in a row that failed for good, a service is left alone.
_FAILURES_IN_A_ROW = 3

LARGEST_ANSWER = 8 * 2**20

Read = TypeVar("Read")


class FailedError(Exception):
    """A request that got no usable answer, for good in this run."""

    def __init__(self, reason: str, kind: Literal["missing", "refused", "too large", "failed", "stop", "unreachable"]) -> None:
        self.kind = kind
        super().__init__(reason)


class CutOffError(Exception):
    """An answer that is not whole."""


class _TryAgainError(Exception):
    """An attempt without a usable answer, after which another may have one; ``pause_s`` is set where the service asks for a pause."""

    def __init__(self, reason: str, status: int = 0, *, pause_s: float | None = None, connected: bool = True) -> None:
        self.status, self.pause_s, self.connected = status, pause_s, connected
        super().__init__(reason)


class PublicService:
    """One public interface, asked one request at a time with a distance between them."""

    def __init__(
        self,
        name: str,
        url: str,
        gap_s: float,
        client: httpx.Client,
        wait: Callable[[float], None],
        clock: Callable[[], datetime],
    ) -> None:
        self.name, self.url = name, url
        self.host = httpx.URL(url).host
        self.unreachable = ""
        self._gap_s, self._client, self._wait, self._clock = gap_s, client, wait, clock
        self._last: datetime | None = None
        self.has_given = False
        self._has_answered = False
        self._stopped = False
        self._failures = 0

    @property
    def is_open(self) -> bool:
        """Whether it makes sense, and is polite, to ask for more."""
        return not (self._stopped or self.unreachable or self._failures >= _FAILURES_IN_A_ROW)

    def ask(self, url: str, parse: Callable[[bytes], Read]) -> Read:
        """Return what ``parse`` makes of the answer.

        Raises
        ------
        FailedError
            There is no usable answer, also after up to four more tries.
        """
        try:
            found = self._ask(url, parse)
        except FailedError as failure:
            self._failures += failure.kind == "failed"
            self._stopped |= failure.kind == "stop"
            self.unreachable = str(failure) if failure.kind == "unreachable" else ""
            raise
        self._failures = 0
        self.has_given = True
        return found

    def count_refusal(self) -> None:
        """Take note that a request for a single id was refused; before any good answer this counts as a failure."""
        self._failures += not self.has_given

    def _ask(self, url: str, parse: Callable[[bytes], Read]) -> Read:
        last = _TryAgainError("it was not asked")
        for attempt in range(RETRIES + 1):
            if attempt:
                usual_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1))
                self._wait(usual_s if last.pause_s is None else last.pause_s)
            self._keep_distance()
            try:
                return self._ask_once(url, parse)
            except _TryAgainError as error:
                last = error
        if not (last.connected or self._has_answered):
            raise FailedError(str(last), "unreachable")
        # Whoever says five times that it is too much is not asked for the next one.
        raise FailedError(f"{last}, {RETRIES + 1} times", "stop" if last.status == 429 else "failed")

    def _ask_once(self, url: str, parse: Callable[[bytes], Read]) -> Read:
        """Return what ``parse`` makes of the answer, or raise _TryAgainError where another attempt may help, else FailedError."""
        try:
            status, headers, body = self._get(url)
            if status == httpx.codes.OK:
                return parse(body)
        except (httpx.ConnectError, httpx.ProxyError) as error:
            if not self._has_answered:
                raise FailedError(str(error), "unreachable") from error
            raise _TryAgainError(f"no connection: {error}") from error
        except httpx.TimeoutException as error:
            raise _TryAgainError("it took too long", connected=not isinstance(error, httpx.ConnectTimeout)) from error
        except CutOffError as error:
            raise _TryAgainError(f"its answer is not whole: {error}") from error
        except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise FailedError(f"it leads nowhere: {error}", "failed") from error
        except NotPublicError as error:
            raise FailedError(f"it is not asked: {error}; --private allows that", "failed") from error
        except httpx.RequestError as error:
            raise _TryAgainError(f"its answer broke off: {error}") from error
        raise self._refusal(status, headers)

    def _refusal(self, status: int, headers: httpx.Headers) -> FailedError | _TryAgainError:
        """Return what an answer means that is not what was asked for."""
        reason = f"it answered with status {status}"
        if status in {429, 503}:
            return _TryAgainError(reason, status, pause_s=parse_retry_after(headers.get("Retry-After", ""), self._clock()))
        if status < 500:
            return FailedError(reason, _KINDS.get(status, "failed"))
        return _TryAgainError(reason, status)

    def _keep_distance(self) -> None:
        if self._last is not None:
            # A clock that was put back must not make this wait for hours.
            since_s = max(0.0, (self._clock() - self._last).total_seconds())
            if since_s < self._gap_s:
                self._wait(self._gap_s - since_s)

    def _get(self, url: str) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and, of a good answer, the body; an endless one is cut."""
        body = bytearray()
        started = self._clock()
        try:
            headers = {"User-Agent": USER_AGENT}
            with self._client.stream("GET", url, headers=headers, follow_redirects=True) as response:
                self._has_answered = True
                for piece in response.iter_bytes() if response.status_code == httpx.codes.OK else ():
                    body += piece
                    if len(body) > LARGEST_ANSWER:
                        raise FailedError(f"its answer is larger than {LARGEST_ANSWER // 2**20} MiB", "too large")
                    if (self._clock() - started).total_seconds() > LONGEST_PAUSE_S:
                        raise httpx.ReadTimeout("an answer in drops")
                return response.status_code, response.headers, bytes(body)
        finally:
            self._last = self._clock()


_KINDS: dict[int, Literal["missing", "refused", "stop"]] = {
    400: "refused",
    401: "stop",
    403: "stop",
    404: "missing",
    410: "missing",
}


def parse_retry_after(value: str, now: datetime) -> float | None:
    """Return for how many seconds, 0 to 120, a ``Retry-After`` header asks, or None when it says nothing.

    Source: RFC 9110, section 10.2.3: seconds, or a date.

    >>> now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    >>> parse_retry_after("7", now), parse_retry_after("Fri, 20 Nov 2026 12:00:09 GMT", now), parse_retry_after("3600", now)
    (7.0, 9.0, 120.0)
    """
    if re.fullmatch(r"\s*[0-9]+\s*", value):
        return min(LONGEST_PAUSE_S, float(value[:20]))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(LONGEST_PAUSE_S, max(0.0, (until - now).total_seconds()))
