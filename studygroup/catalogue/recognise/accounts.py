"""What an import leaves out of a list: its entries beside the document's segments."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from studygroup.catalogue.reading.ledger import Judge, Ledger, Stand, make_ledger
from studygroup.catalogue.reading.segments import Segment
from studygroup.catalogue.recognise.entry import Entry
from studygroup.catalogue.recognise.vocabulary.about_list import is_about_the_list, is_contents
from studygroup.catalogue.recognise.vocabulary.addresses import is_relative, join_base, repair_address
from studygroup.catalogue.recognise.vocabulary.labels import label_form


def account(
    segments: Iterable[Segment], entries: Iterable[Entry], title: str, base_url: str = "", inside: Collection[str] = ()
) -> Ledger:
    """Return where each segment of a document is, in an entry or left out."""
    judge = Judge(lambda url: _right(url, base_url), _no_works, _is_label, frozenset(inside), title)
    return make_ledger([*segments], [_stand(entry) for entry in entries], judge)


def _stand(entry: Entry) -> Stand:
    texts = [entry.title, *entry.authors, str(entry.year or ""), entry.number, entry.status or "", entry.arxiv, entry.doi]
    texts += [
        *entry.details.values(),
        *entry.columns,
        *entry.columns.values(),
        *(link.label for link in entry.links),
        entry.kind,
    ]
    links = (entry.url, *(link.url for link in entry.links))
    return Stand(entry.line, tuple(filter(None, links)), tuple(filter(None, texts)), entry.section)


def _right(url: str, base_url: str) -> str:
    right = repair_address(url)
    return join_base(right, base_url) if base_url and is_relative(right) else right


def _is_label(text: str) -> bool:
    return label_form(text.strip("[]()")) is not None


def _no_works(heading: str) -> str:
    return "contents" if is_contents(heading) else "about the list" if is_about_the_list(heading) else ""
