"""Labels that only say what is behind a link (``[pdf]``, ``Code``, ``论文链接``), in the languages that lists are written in."""

from __future__ import annotations

import re
from functools import lru_cache

from studygroup.catalogue.recognise.vocabulary.venues import venue_of
from studygroup.catalogue.recognise.vocabulary.words import has_words, plain, strip_marks

# Labels under which a work's other forms are linked, and the name to give such a link.
_FORMS = {
    "Paper": "paper papers arxiv preprint pdf article manuscript acl openreview publication biorxiv medrxiv gitxiv isca 论文 論文 논문 artículo artigo статья",
    "Code": "code github gitlab repo repos repository source implementation pytorch tensorflow jax colab notebook 代码 源码 程式碼 コード 実装 코드 código код",
    "Video": "video youtube talk recording watch vimeo lecture bilibili 视频 影片 動画 영상 vídeo видео aufzeichnung",
    "Slides": "slides slide presentation deck ppt pptx slidedeck 幻灯片 课件 スライド diapositivas folien слайды",
    "Blog": "blog post blogpost medium substack 博客 ブログ",
    "Project": "project website site homepage page web webpage home 主页 项目 官网 网站",
    "Demo": "demo playground space spaces",
    "Data": "data dataset datasets 数据集 数据 データ",
    "Model": "model models weights checkpoint checkpoints huggingface hf 模型",
    "Poster": "poster",
    "Notes": "notes summary review transcript appendix supplementary supplement bib bibtex doi cite citation abstract abs html 解读 笔记 解説 資料 要約 zusammenfassung resumen",
}
_FORM_OF = {word: form for form, words in _FORMS.items() for word in words.split()}
_EMPTY = frozenset(
    str.split(
        "link links url here this more click source view read open download access visit go resource resources details ref reference "
        "direct full text free available official unofficial online new version conference original extended file fichier archivo "
        "datei 链接 下载 リンク 링크 ссылка 地址 网址 原文 lien enlace"
    )
)
_FILLERS = frozenset(
    str.split(
        "the a an and & + / | , ; of to on for in at with or via from also see my our by project 和 与 及 的 官方 相关 中文 英文"
    )
)
# Words that are written without blanks between them, the longest first.
_WORDS_WITHOUT_BLANKS = re.compile(
    "|".join(sorted((word for word in {*_FORM_OF, *_EMPTY, *_FILLERS} if word[0] > "\u2fff"), key=len, reverse=True))
)
_NOTE_IN_BRACKETS_LAST = re.compile(r"(?<=\w)\s*[(（][^()（）]*[)）]?$")
# Numbered as parts of a whole, these are titles: *Lecture 3*, *Post 2*.
_COUNTED = frozenset(str.split("lecture talk post notes review project model data deck"))
_EMOJI_FORMS = {
    emoji: form
    for form, several in {
        "Code": ("\U0001f468\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb", "\U0001f4bb"),
        "Paper": ("\U0001f4c4", "\U0001f4dd", "\U0001f4dc", "\U0001f4d1", "\U0001f4d6"),
        "Project": ("\U0001f310",),
        "Video": ("\U0001f3a5", "\U0001f4f9", "\U0001f4fa", "\U0001f3ac"),
        "Slides": ("\U0001f4ca",),
        "Model": ("\U0001f917",),
    }.items()
    for emoji in several
}
_ARXIV_NUMBER = re.compile(r"(?:arxiv[\s:.]*)?\d{4}\.\d{4,5}(?:v\d+)?", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s/|+&,_]+|-(?=\w)|(?<=[a-z])(?=\d$)")
_NUMBER_ALONE = re.compile(r"[\[(]?#?\d{1,4}[\])]?")
_HOST_ALONE = re.compile(
    r"https?://\S+|www\.\S+|(?:[\w-]+\.)+(?:com|org|net|edu|gov)(?:/\S*)?|(?:[\w-]+\.)+[a-z]{2,6}/\S*", re.IGNORECASE
)
# What a linked picture leads to, where it says nothing itself.
_BADGE_PLACES = (
    (re.compile(r"//(?:www\.)?(?:arxiv|openreview|aclanthology|doi)\.(?:org|net)/", re.IGNORECASE), "Paper"),
    (re.compile(r"//colab\.research\.google\.com/", re.IGNORECASE), "Notebook"),
    (re.compile(r"//(?:www\.)?youtu(?:be\.com|\.be)/", re.IGNORECASE), "Video"),
    (re.compile(r"//huggingface\.co/[^/]+/[^/]+", re.IGNORECASE), "Model"),
    (re.compile(r"//(?:github|gitlab)\.com/[^/]+/[^/]+/?$", re.IGNORECASE), "Code"),
    (re.compile(r"//[\w-]+\.github\.io/", re.IGNORECASE), "Project"),
)
_ABOUT_THE_LIST = re.compile(
    r"licen[cs]e|\bprs?\b|contribut|build|workflow|visitor|awesome|commit|issue|version|sponsor|status|hits", re.IGNORECASE
)


@lru_cache(maxsize=16384)
def label_form(label: str) -> str | None:
    """Return a name for a link whose label only says what is behind it (``Code``; empty if not even that), None for a title.

    >>> label_form("[pdf]"), label_form("👨‍💻"), label_form("Link"), label_form("Attention Is All You Need")
    ('Paper', 'Code', '', None)
    >>> label_form("代码和数据集（待发布）"), label_form("Demo视频"), label_form("Paper-ICML"), label_form("Lecture 3")
    ('Data', 'Video', 'Paper', None)
    """
    label = plain(label).strip("[]()（）【】 ")
    if not has_words(label):
        return (
            "" if label[:1].isascii() else next((form for emoji, form in _EMOJI_FORMS.items() if label.startswith(emoji)), "")
        )
    if len(label) > 60:
        return None
    if _ARXIV_NUMBER.fullmatch(label):
        return "Paper"
    if _NUMBER_ALONE.fullmatch(label) or _HOST_ALONE.fullmatch(label):
        return ""
    words = _words_of(label.lower().rstrip("：: "))
    forms = [form for word in words if (form := _FORM_OF.get(word) or _FORM_OF.get(word.removesuffix("s")))]
    empty = sum(word in _EMPTY for word in words)
    if not 1 <= len(words) <= 3 or len(forms) + empty < len(words):
        return None
    return forms[-1] if forms else ""


def _words_of(label: str) -> list[str]:
    if not label.isascii():
        label = _NOTE_IN_BRACKETS_LAST.sub("", label).replace("：", " ")
        label = _WORDS_WITHOUT_BLANKS.sub(lambda found: f" {found[0]} ", label)
    words = [word.strip(".:!()[]'\"") for word in _BETWEEN_WORDS.split(label)]
    words = [word for word in words if has_words(word) and (word not in _FILLERS or word in _FORM_OF)]
    if len(words) > 1 and words[0] in _FORM_OF and not _COUNTED & set(words):
        # "Paper 2" and "Paper-ICML" are two papers' links.
        words = [word for word in words if not word.isdigit() and not venue_of(word.upper())[0]] or words
    return words


def link_label(label: str, fallback: str = "Link") -> str:
    """Return a label to show for a link beside an item's main one.

    >>> link_label("Slides"), link_label("🔗", "Checkpoints"), link_label("[code]"), link_label("T5 & Flan-T5")
    ('Slides', 'Checkpoints', 'Code', 'T5 & Flan-T5')
    """
    form = label_form(label)
    if form is None:
        return strip_marks(plain(label)) or fallback
    words = plain(label).strip("[]()（）【】 ")
    if form and has_words(words) and not _ARXIV_NUMBER.fullmatch(words):
        return words[0].upper() + words[1:]
    return form or fallback


def badge_form(alt: str, url: str) -> str:
    """Return the form of a work to which a linked picture leads, by what it says and where it leads; empty for any other."""
    if _ABOUT_THE_LIST.search(alt):
        return ""
    return label_form(alt) or next((form for place, form in _BADGE_PLACES if place.search(url)), "")
