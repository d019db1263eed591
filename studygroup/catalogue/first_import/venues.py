"""Where papers appear: conferences and journals by their usual short names."""

from __future__ import annotations

import re

from studygroup.catalogue.first_import.marks import plain

_VENUE_NAMES = (
    "AAAI|ACL|AISTATS|ASPLOS|BMVC|CHI|CIKM|COLING|COLM|COLT|CoRL|CoNLL|CVPR|EACL|ECCV|ECML|EMNLP|EuroSys|FAccT|HPCA|ICASSP|"
    "ACM|IEEE|Arxiv|ICCV|ICDM|ICLR|ICML|ICRA|ICSE|IJCAI|INTERSPEECH|Interspeech|IROS|ISCA|JMLR|KDD|MICRO|MLSys|MLSYS|MM|NAACL|NDSS|NIPS|"
    "NeurIPS|NSDI|OSDI|PAMI|PLDI|PNAS|POPL|PPoPP|RecSys|RSS|SC|SIGGRAPH|SIGIR|SIGKDD|SIGMOD|SOSP|TACL|TMLR|TPAMI|UAI|UIST|"
    "USENIX|VLDB|PVLDB|TKDE|TODS|CIDR|EDBT|ICDE|PODS|SIGCOMM|SIGOPS|MobiCom|MobiSys|CCS|HotOS|HotNets|SoCC|STOC|FOCS|SODA|"
    "CRYPTO|EUROCRYPT|ASIACRYPT|ICFP|OOPSLA|FSE|ISSTA|CSCW|IJCV|TNNLS|ICIP|ACCV|3DV|MICCAI|JAIR|AAMAS|ICPR|ICME|LREC|EuroVis|"
    "TVCG|ACMMM|bioRxiv|medRxiv|TheWebConf|WACV|WMT|WSDM|WWW|Nature|Science|arXiv|ArXiv"
)
_VENUE = re.compile(
    rf"(?:(?:Findings of |In |Proc\. |the )*(?:{_VENUE_NAMES})(?:[ -](?:Findings|Workshops?|Oral|Spotlight|Demo|Best Paper))*"
    r"[\s,'’]*(?P<year>(?:(?:19|20)\d\d)|(?<=['’])\d\d)?(?:[ -]?(?:Findings|Workshops?|Oral|Spotlight|Demo))?)"
)

_LAST_VENUE = re.compile(rf"(?:^|[\s,.;(\[]+)({_VENUE.pattern})[\s).\];,]*$")


def venue_of(text: str) -> tuple[str, int | None]:
    """Return a venue and its year if the text is nothing else, else an empty string and None.

    >>> venue_of("ICML 2022"), venue_of("Jason Wei")
    (('ICML 2022', 2022), ('', None))
    """
    text = plain(text).strip(" ()[],.;")
    found = _VENUE.fullmatch(text)
    if not found:
        return "", None
    year = found["year"]
    return text, (int(year) if len(year) == 4 else 2000 + int(year)) if year else None


def split_venue(text: str) -> tuple[str, str, int | None]:
    """Return text without the venue at its end, that venue, and its year.

    >>> split_venue("Ada Lovelace, Bo Chen. NeurIPS 2021.")
    ('Ada Lovelace, Bo Chen', 'NeurIPS 2021', 2021)
    """
    found = _LAST_VENUE.search(text[-120:])
    if not found:
        return text, "", None
    venue, year = venue_of(found[1])
    return text[: len(text) - len(found[0])].rstrip(" ,.;(["), venue, year
