"""What a column, a key or a labelled line holds, told from its name: one table for every format and language."""

from __future__ import annotations

import re
from functools import lru_cache

from studygroup.catalogue.items.columns import DESCRIBED
from studygroup.catalogue.recognise.vocabulary.words import name_key, plain, strip_marks

# The role of a column by its head. The order decides: "release date" is no date, "paper title" no paper.
_ROLE_HEADS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?:{pattern})", re.IGNORECASE))
    for role, pattern in (
        ("number", r"^(?:#|№|no\.?|nr\.?|num(?:ber)?|index|id|s\.? ?no\.?|week|序号|编号)$"),
        ("status", r"^(?:read or not|status|progress|done\??|read\??|finished|state|reading status)$"),
        *((name, column.head) for name, column in DESCRIBED.items() if column.head),
        ("title", r"^(?:(?:paper|article|book|course|video|project|work) )?(?:title|name)s?$|^标题$|^名称$|^题目$"),
        ("authors", r"^(?:authors?|by|speakers?|instructors?|lecturers?|creators?|written by|作者)(?:\(s\))?$"),
        (
            "organisation",
            r"^(?:org(?:ani[sz]ation)?s?|institut\w+|affiliations?|company|companies|teams?|maker|university|机构|单位)$",
        ),
        (
            "venue",
            r"^(?:venues?|conferences?|journals?|published in|publisher|publication)(?:\s*(?:or|and|/|&)\s*(?:venue|conference|journal)s?)?$|会议|期刊",
        ),
        ("year", r"^(?:years?|published|publication (?:date|year)|年份|发表时间|发表日期)$"),
        ("date", r"\bdates?\b|^(?:time|when|day|month|sessions?|日期|时间)$"),
        ("presenter", r"\bpresenters?\b|^person\b|^(?:who|host|lead|leader|led by|discussant|moderator|主讲人?|分享人)$"),
        (
            "about",
            r"\b(?:descriptions?|abstract|summary|about|overview|tl;?dr|introduction|highlights?)\b|^(?:notes?|comments?|remarks?|details)$|简介|描述|摘要|说明",
        ),
        ("work", r"\b(?:papers?|blogs?|articles?|posts?|publications?|readings?)\b|论文"),
        ("link", r"\b(?:links?|url|resources?|repositor(?:y|ies)|repos?|websites?|where|homepage)\b|链接|地址"),
    )
)
# "标题 (Title)": a head and its translation.
_IN_TWO_LANGUAGES = re.compile(r"([^()（）]{1,40}?)\s*[(（]([^()（）]{1,40})[)）]")

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

_PLACEHOLDER = re.compile(
    r"(?:tb[dac]|n/?a|to be (?:determined|announced|decided|confirmed)|none|(?:.{2,40}[,;:(–—-]\s*)?no (?:meeting|class|session|seminar|reading|jc|journal club|talk|lecture)\b.*|"
    r"easter(?: monday| break)?|christmas(?: break)?|new year(?:['’]s(?: day| eve)?)?|(?:due to )?(?:public |bank )?holidays?|"
    r"(?:holiday|break|cancell?ed|recess|vacation|(?:spring|fall|winter) break|thanksgiving)\b.{0,30}|coming soon|\.{2,}|"
    r"[-–—?….]+|\?.{0,40}|yes|no|due to .{3,40}|(?:meeting )?cancell?ed\b.*|skipped|postponed\b.*|volunteer(?:s needed)?|open slot|free slot|"
    r"(?:and )?(?:many )?more\b.{0,20}|wip|work in progress|under construction|待定|暂无|无)\.?",
    re.IGNORECASE,
)


def is_placeholder(title: str) -> bool:
    """Return whether a title only says that there is nothing yet, or no meeting."""
    return bool(_PLACEHOLDER.fullmatch(plain(title)))


@lru_cache(maxsize=4096)
def role_of(head: str) -> str:
    """Return the role that a column's head tells, or an empty string."""
    head = strip_marks(head.strip(" *:_`"))
    forms = [head]
    if found := _IN_TWO_LANGUAGES.fullmatch(head):
        forms += [found[1], found[2]]
    return next((role for form in forms for role, pattern in _ROLE_HEADS if pattern.search(form)), "")


@lru_cache(maxsize=4096)
def role_of_name(name: str) -> str:
    """Return what the name of a record's field says that it holds, or an empty string.

    >>> role_of_name("Autor(en)"), role_of_name("publication_year"), role_of_name("Release date"), role_of_name("Binding")
    ('authors', 'year', 'released', '')
    """
    known = ROLE_NAMES.get(name_key(name))
    if known is not None:
        return known
    found = role_of(name[:200])
    return "url" if found == "link" else found
