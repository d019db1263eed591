"""What other programs and languages call a list's fields and kinds, and how they write names of persons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from studygroup.catalogue.first_import import wording

# Field by field: English, then German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Polish, Turkish, Russian,
# Japanese, Korean, Chinese; and what Zotero, Goodreads, Notion and citation files (CSL) write.
_ROLES = {
    "title": "title|paper title|book title|article title|talk title|titel|titre|título|titulo|titolo|tytuł|tytul|başlık|"
    "название|заголовок|タイトル|題名|제목|标题|題目|题目|论文标题",
    "name": "name|item|entry|nom|nombre|nome|naam|namn|nazwa|имя|名称|名稱|이름",
    "work": "paper|book|article|work|reading|talk|papier|artikel|aufsatz|buch|livre|libro|livro|artículo|articolo|статья|论文",
    "url": "url|uri|href|link|links url|address|web address|webpage|website|permalink|source url|paper link|pdf|pdf link|"
    "webadresse|adresse|lien|enlace|liga|dirección|collegamento|indirizzo|odnośnik|bağlantı|ссылка|адрес|リンク|링크|主页|"
    "链接|鏈接|连结|連結|地址|网址|網址|weblink|hyperlink|länk|ligação|endereço",
    "authors": "author|authors|author s|creator|creators|by|written by|additional authors|speaker|speakers|autor|autoren|"
    "autorin|autor en|verfasser|verfasserin|auteur|auteurs|auteur s|autora|autores|autore|autori|auteur en|författare|"
    "yazar|yazarlar|автор|авторы|著者|作者|저자|paper author|paper authors|author text",
    "year": "year|paper year|publication year|year published|original publication year|pub year|issued|jahr|erscheinungsjahr|année|annee|"
    "année de publication|año|ano|anno|jaar|år|rok|yıl|год|年|年份|出版年|연도",
    "date": "date|day|datum|fecha|data|дата|日付|日期|날짜",
    "kind": "kind|type|item type|entry type|format|media|media type|typ|art|tipo|genre|тип|種類|类型|類型|종류",
    "section": "section|chapter|category|topic|theme|group|unit|module|kategorie|thema|abschnitt|rubrik|catégorie|thème|"
    "categoría|tema|sección|categoria|sezione|seção|kategoria|kategori|раздел|категория|тема|カテゴリ|分类|分類|类别|"
    "類別|주제",
    "tags": "tags|tag|labels|keywords|keyword|manual tags|bookshelves|shelves|topics|categories|collections|subjects|"
    "schlagwörter|stichwörter|mots clés|étiquettes|etiquetas|palabras clave|ключевые слова|теги|标签|關鍵詞|关键词",
    "status": "status|shelf|reading status|read status|readstatus|exclusive shelf|read|progress|state|done|gelesen|stand|lu|statut|"
    "estado|leído|stato|letto|статус|状态|狀態|상태",
    "about": "about|abstract|abstract note|abstractnote|description|summary|tldr|tl dr|synopsis|beschreibung|zusammenfassung|"
    "kurzfassung|résumé|description courte|descripción|resumen|resumo|descrição|descrizione|riassunto|аннотация|описание|"
    "概要|説明|摘要|描述|简介|초록",
    "importance": "importance|why|why read it|why read this|reason|warum|grund|pourquoi|por qué|motivo|почему|理由",
    "note": "note|notes|comment|comments|remark|remarks|annotation|extra|my review|review|notiz|notizen|kommentar|anmerkung|"
    "bemerkung|remarque|remarques|commentaire|nota|notas|comentario|comentarios|примечание|заметки|備考|メモ|备注|備註",
    "venue": "venue|journal|conference|publication title|container title|booktitle|conference name|proceedings title|"
    "zeitschrift|konferenz|revue|conférence|revista|conferencia|rivista|журнал|конференция|会议|期刊",
    "organisation": "organisation|organization|org|institution|affiliation|publisher|company|verlag|éditeur|editorial|editora|"
    "editore|издательство|机构",
    "presenter": "presenter|presented by|vortrag|referent|referentin|présentateur|ponente|докладчик|主讲人",
    "number": "number|no|nr|num|rank|order|position|nummer|numéro|número|номер|番号|序号|编号",
    "arxiv": "arxiv|arxiv id|arxivid|eprint",
    "doi": "doi",
    "links": "links|other links|resources|urls",
    "licence": "licence|license|lizenz|licencia|许可证",
    # Names that mean something else than their words say.
    "": "editor|editors|id|key|book id|citation key|date added|date modified|date read|access date|accessed|timestamp|zeitstempel|created time|"
    "created|last edited time|email|email address|e mail|your name|isbn|isbn13|issn|pages|num pages|number of pages|volume|"
    "issue|my rating|average rating|rating|score|binding|language|short title|rights|archive|call number|file attachments|"
    "link attachments|automatic tags|author l f|read count|owned copies|created by|submitted by",
}

ROLE_NAMES: dict[str, str] = {name: role for role, names in _ROLES.items() for name in names.split("|")}
"""The role that a name tells, by ``name_key``; an empty one for names that tell none though their words seem to."""

_KINDS = {
    "paper": "paper|papers|journal article|journalarticle|conference paper|conferencepaper|article journal|paper conference|"
    "preprint|report|thesis|manuscript|inproceedings|aufsatz|artículo científico|论文|論文|статья",
    "article": "article|blog|blog post|blogpost|post|newspaper article|newspaperarticle|magazine article|magazinearticle|"
    "encyclopedia article|essay|artikel|billet|博客|文章",
    "video": "video|videos|video recording|videorecording|talk|lecture|film|movie|presentation|podcast|vidéo|vortrag|视频|видео",
    "course": "course|mooc|kurs|cours|curso|corso|课程|курс",
    "tutorial": "tutorial|how to|guide|notebook|anleitung|tutoriel|教程",
    "book": "book|books|book section|booksection|chapter|ebook|buch|livre|libro|livro|书|書籍|книга",
    "dataset": "dataset|data set|datensatz|données|数据集",
    "codebase": "code|codebase|repository|repo|software|computer program|computerprogram|implementation|代码",
    "model": "model|llm|language model|modell|modèle|模型",
    "framework": "framework|library|bibliothek",
    "tool": "tool|werkzeug|outil|herramienta|工具",
    "collection": "collection|survey list|reading list|awesome list",
}

KIND_NAMES: dict[str, str] = {name: kind for kind, names in _KINDS.items() for name in names.split("|")}
"""The kind that a word for it tells, by ``name_key``."""

_INITIALS = re.compile(r"(?:\w\.?[ -]?){1,4}")
_AND = re.compile(r"\s+(?:and|und|et|y|e|i|&)\s+")


def name_key(name: str) -> str:
    """Return a name as it is looked up: case, marks and ``_`` folded.

    >>> name_key("Publication_Year"), name_key("*URL:*"), name_key("Autor(en)")
    ('publication year', 'url', 'autor en')
    """
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", name[:200]).casefold().replace("_", " ")))


def persons_of(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the persons and organisations of cells with authors, however these are written.

    >>> persons_of(["Lovelace, Ada; Turing, Alan M."]), persons_of(["Ada Lovelace, Alan Turing"])[0]
    ((['Ada Lovelace', 'Alan M. Turing'], []), ['Ada Lovelace', 'Alan Turing'])
    >>> persons_of(["Lovelace, A., Turing, A. M."])[0], persons_of(["OpenAI"])
    (['A. Lovelace', 'A. M. Turing'], ([], ['OpenAI']))
    """
    persons: list[str] = []
    organisations: list[str] = []
    for cell in cells:
        for piece in re.split(r"[;|\n]", cell[:100_000]):
            turned = _two_names(piece.strip()) or _turned(piece.strip())
            if turned:
                persons += turned
            elif piece.strip():
                found, others = wording.split_names(piece)
                persons += found
                organisations += others
    return list(dict.fromkeys(persons)), list(dict.fromkeys(organisations))


def _two_names(names: str) -> list[str]:
    """Return both names of a text with two words on either side of its only comma: they are two people."""
    pair = [part.split() for part in names.split(",")]
    if len(pair) == 2 and all(len(words) == 2 and all(map(str.istitle, words)) for words in pair):
        return [" ".join(words) for words in pair]
    return []


def _turned(names: str) -> list[str]:
    """Return names written *Last, First*, turned; none when they are not."""
    several = [piece.strip() for piece in _AND.split(names)]
    pairs = [[part.strip() for part in piece.split(",")] for piece in several]
    if all(len(pair) == 2 and _is_last(pair[0]) and pair[1] for pair in pairs):
        return [first_last(*pair) for pair in pairs]
    parts = [part.strip() for part in _AND.sub(", ", names).split(",") if part.strip()]
    if len(parts) >= 2 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        return [first_last(last, first) for last, first in zip(parts[::2], parts[1::2], strict=True)]
    return []


def _is_last(name: str) -> bool:
    """Return whether a name before a comma is a surname: one word, perhaps with *van* and the like before it."""
    words = name.split()
    return bool(words) and all(word[0].islower() for word in words[:-1]) and words[-1][0].isalpha()


def first_last(last: str, first: str) -> str:
    """Return a person's name as it is spoken."""
    return wording.plain(f"{first} {last}")
