"""What stands in a list where a prompt is still to come: in words alone, without marks and in small letters."""

import re

WORDS = frozenset(
    """tbd|tbc|tba|tbs|tk|tktk|todo|to do|fixme|wip|n a|na|none|null|nil|nan|nothing|undefined|unknown|empty|blank|missing|pending|open
    |to be defined|to be decided|to be determined|to be confirmed|to be announced|to be added|to be written|to be done|to be discussed
    |not applicable|not available|not yet|not defined|not set|no prompt|no prompt yet|no text|later|coming soon|to follow|to come|follows
    |will follow|prompt to follow|prompt follows|draft|placeholder|place holder|placeholder text|placeholder prompt|dummy|dummy text|dummy prompt|sample|sample text
    |sample prompt|example|example prompt|example text|test|tests|testing|test test|test prompt|test text|test shot|test render
    |this is a test|just a test|only a test|none yet|nothing yet|not yet defined|not yet decided|not yet written|test please ignore|please ignore|ignore|ignore this|skip|foo|bar|foobar|foo bar|foo bar baz|baz|hello
    |hello world|hi|lol|lorem|no idea|not sure|not sure yet|don t know|will be added|coming|under construction|copy above|per script|per storyboard|as per storyboard|as per script|abc|abcd|xyz|text|prompt|the prompt|description|action|content|copy|string|value|title|untitled|unnamed|new prompt|new shot
    |my prompt|your prompt|your text|prompt here|text here|description here|action here|prompt goes here|text goes here|your prompt here
    |your text here|fill in|fill me in|fill in later|fill this in|fill out|change me|changeme|replace me|delete me|remove me|edit me
    |true|false|yes|no|ok|okay|awaiting client|waiting for client|awaiting approval|awaiting brief|ask client|check with client|see client
    |ditto|dito|idem|same|same again|as above|see above|see below|as before|as below|same as above|same as before|same as below|same here
    |as previous|same as previous|same as last|same prompt|same prompt as above|repeat|repeat above|repeat previous|see previous|as discussed
    |as per brief|as briefed|per brief|see brief|see script|see storyboard|see board|see notes|see note|see email|see mail|see attached|see attachment
    |see pdf|see deck|see comment|see comments|see reference|see image|see picture|see still|like above|like before|copy from above
    |k a|s o|s u|siehe oben|siehe unten|wie oben|wie vorher|wie zuvor|wie gehabt|dasselbe|folgt|folgt noch|noch offen|offen|platzhalter|blindtext
    |noch zu klären|zu klären|wird nachgereicht|in arbeit|keine|kein prompt|leer|unklar|steht noch nicht fest|nach absprache
    |n v t|nvt|zie boven|zie hierboven|volgt|volgt nog|nog te bepalen|nader te bepalen|n t b|ntb|geen|leeg|idem dito
    |blah|bla|see prev|on hold|in progress|not ready|not ready yet|add later|omit|omitted|deleted|dto|n d|id|void
    |kommt noch|kommt später|wird noch geliefert|keine angabe|entfällt|gestrichen|pas de prompt|sin prompt|niente|あとで|ダミー
    |à définir|a definir|à compléter|à venir|à confirmer|à préciser|voir ci dessus|voir plus haut|idem ci dessus|comme ci dessus|néant|aucun|vide|s o
    |por definir|por confirmar|pendiente|ídem|ver arriba|igual que arriba|ninguno|nada|vacío|da definire|da completare|da confermare|come sopra|vedi sopra
    |segnaposto|nessuno|vuoto|a confirmar|pendente|ver acima|vide acima|igual ao anterior|nenhum|vazio|se ovan|som ovan|saknas|kommer senare|ej klart
    |se ovenfor|som ovenfor|mangler|følger|do ustalenia|do uzupełnienia|jak wyżej|jw|j w|brak|puste|testowy|prueba|prova|teste|essai|yok|boş|belirlenecek
    |belum ada|kosong|menyusul|sama|lihat atas|нет|позже|тест|тбд|см выше|то же|уточняется|未定|同上|仮|テスト|なし|後で|未入力|未記入|確認中|検討中|미정|없음|테스트|추후|동일""".replace(
        "\n", ""
    ).split("|")
) - {""}
WORDS = frozenset(word.strip() for word in WORDS)
HAN = re.compile(
    r"(?:(?:(?:提示[词語语]|内容|描述|画面|文案|动作|镜头|脚本|文字|这里|此处)(?:描述|内容)?)?(?:暂时?|还|尚|先|均)?"
    r"(?:待(?:定|补|补充|填|填写|写|确认|更新|完善|提供|沟通|商议|讨论|客户确认|续|编写|编辑|审核|审批|翻译|润色|添加|加)|未(?:定|填|填写|写|提供|确定|确认|完成)|"
    r"没有?(?:想好|写|定|填)|暂?无(?:描述|内容|提示词|文案)?|暂定|没有|空|空白|略|暂缺|缺|缺失)(?:中|了|吧)?"
    r"|同(?:上|前|左|样)(?:镜头?|条|一镜|一条|一行)?|同(?:(?:镜头?|第|shot|sh|sc)?\d+|第[一二三四五六七八九十]+)(?:镜头?|条|行|号)?|[见如](?:上|前|下|附件|脚本|分镜|备注|上文|上面|参考)|(?:参见|参考|详见|参照)(?:上|前|附件|脚本|分镜|备注|上文|上一条|上一镜|文档|邮件)"
    r"|和?(?:上面|上一[条镜个行])(?:一样|相同|的)?|占位符?|占位文[字本]|测试(?:一下|用|提示词|文[字本]|数据|中)?|这是(?:一个)?测试|示例(?:文[字本]|提示词)?|样例|范例"
    r"|(?:请|在此|在这里|此处|这里)*(?:输入|填写|填入|写|添加|粘贴)(?:您?的?(?:提示词|内容|描述|文[字本]|文案))?(?:在此|这里)?|提示词|(?:客户|导演)(?:待)?(?:确认|定)(?:中|后)?|等(?:客户|导演|通知|确认)(?:确认|通知)?|稍后(?:补充|提供|填写)?|回头补|再说|再定|同镜头|(?:稍)?后补|等文案|待客户提供|照旧|跟上(?:面|一[条镜个行])一样|删除|作废|取消)(?:です|だ)?"
)
LEADS = re.compile(
    r"\W*(?:(?P<loose>n/a|tbd|tbc|tba|todo|fixme|wip|ditto|placeholder|待定|待补充?|待确认|待填写?|未定|同上|见上|占位)\s*(?:[:：;；,，.。!?！？(（\[/|–—…]|-+\s|-+$)"
    r"|to\s+be\s+(?:confirmed|defined|decided|determined|announced)\s+(?:with|by|from|after|once|when|in|at|later|soon)\b"
    r"|todo\s+(?:prompt|text|write|add|describe|fill|ask|define)\b|(?:as\s+per|per|see)\s+(?:the\s+)?(?:script|storyboard|brief|board|deck|notes?|pdf)\b[\s,;:.(p]*(?:page|no)?[\s.]*\d*\W*$"
    r"|(?:tbd|tbc|tba)\s+(?:ask|by|with|see|from|pending|later|soon|client|waiting|until|per|after|once|when|if|w)\b"
    r"|same\s+(?:prompt\s+)?as\s+(?:above|before|previous|last|the\s+(?:previous|last|one\s+above|above)|in|shot|row|sh\w*\d|#?\d)"
    r"|see\s+(?:above|below)\s*[,;:(–—-]|(?:insert|enter|add|type|write|put|paste)\s+(?:your\s+|the\s+|a\s+)?(?:prompt|description|text)(?:\s+here)?\W*$"
    r"|(?:same|see|like|as|wie|wie in|siehe|zie|voir|ver|cf)\s+(?:shot\s+|row\s+|scene\s+|no\.?\s*)?(?:sh|sc|shot|row|scene|#)?[\s_-]*\d+\w?\W*$)",
    re.IGNORECASE,
)
"""It begins so, whatever follows: `TODO: …`, `tbd - ask Anna`, `same as above, but slower`."""
PENDING = re.compile(
    r"(?:(?:prompt|text|description|action|shot|scene|copy|content|motion|camera|move|movement|client|brief|wording|details|story|the|still|is|bild|beschreibung)\W+){1,3}"
    r"(?:tbd|tbc|tba|todo|pending|missing|folgt|fehlt|volgt|to be (?:defined|decided|determined|confirmed|added|done))\W*",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"(?:prompt|shot|scene|text|description|test|title|video|clip|image|take|version|draft|镜头?|场景|提示词|画面|测试|第)\s*[a-z0-9一二三四五六七八九十]{1,3}\s*(?:镜头?|条|号)?"
)
LABEL = re.compile(
    r"\s*(?:prompt|description|action|text|note|提示词|描述|内容|画面|动作)\s*[:：=]\s*",
    re.IGNORECASE,
)
REPEATED = re.compile(r"([^\W\d_])(?:\s*\1)*", re.IGNORECASE)
MASHED = re.compile(
    r"(?:asdf?g?h?j?k?l?|sdfg?h?|dfgh?|fghj?k?|ghjk?|hjkl?|jkl|qwe(?:r(?:t[yz]?u?i?o?p?)?)?|wert[yz]?|zxcv?b?n?m?|[yz]xcv?b?n?m?|fdsa|lkjh?g?|uiop){1,}"
)
VOWELLESS = re.compile(r"[b-df-hj-np-tv-xz]{5,}")
CUT_ERROR = re.compile(r"#(?:ref|name|value|div/0|null|num|n/a)[!?]?", re.IGNORECASE)
"""An error without its mark, where nothing else is said."""
LETTER_AND_NUMBER = re.compile(
    r"\d+ ?(?:s|sec|fps|px|p|k|mm)|" r"[a-z] ?\d{1,4}|(?:sh|sc|shot|img|dsc|dscn|pxl|mvi) ?\d{1,8}"
)

ERROR = re.compile(
    r"(?<![\w#&])#(?:REF!|N/A(?!\w)|N/D(?!\w)|NV(?!\w)|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|EXTERNAL!|"
    r"PYTHON!|TIMEOUT!|GETTING_DATA|ERROR!|MACRO\?|BEZUG!|WERT!|ZAHL!|VALEUR!|NOM\?|NOMBRE!|RIF!|VALORE!|NOME\?|NULO!|"
    r"VERW!|WAARDE!|NAAM\?|DEEL/0!|GETAL!|ÜBERLAUF!|REFERENS!|VÄRDEFEL!|NAMN\?|SAKNAS!|ARG!|ADR!|LICZBA!|NAZWA\?|¡REF!|¡VALOR!|¡DIV/0!|¡NUM!|¡NULO!|¿NOMBRE\?|VALOR!|NOMBRE\?|NUL!|"
    r"ССЫЛКА!|ИМЯ\?|ЗНАЧ!|ДЕЛ/0!|ЧИСЛО!|ПУСТО!|Н/Д(?!\w)|참조!|이름\?|값!)|#{4,}|(?<!\w)Err:\d{3}(?!\w)",
    re.IGNORECASE,
)
_REF = r"(?:'[^'\n]+'!|[\w.\[\]]+!)?\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?"
FORMULA = re.compile(
    rf"\{{?=\s*[-+]?\s*(?:@?[\w.]+\s*\(|{_REF}\s*(?:$|[&+*/^=<>,;)}}-])|\"|'[^'\n]+'!|[\w.]+!|\d+(?:\.\d+)?\s*(?:$|[&+*/^-])|\(|\{{|\[|[\w.]+\s*$)"
    rf"|[+-]\s*{_REF}\s*(?:$|[&+*/^-])|[+@-]\s*@?[A-Z][A-Z0-9.]+\(",
    re.IGNORECASE,
)
GAP = re.compile(
    r"\{\{?\s*[\w.-]*\s*\}?\}|\$\{?\s*[\w.-]+\s*\}?|%\(?[\w-]*\)?[sd]|%[\w-]+%|<%?=?\s*[\w.\- ]{1,30}\s*%?>|__[\w-]+__|@@?[\w-]+@@?|#\{[\w.-]+\}|\[\[?\s*[\w.-]+\s*\]?\]|«[^»]{1,40}»"
)
"""A template's gap, and nothing else: `{{prompt}}`, `${PROMPT}`, `%s`."""
ADDRESS = re.compile(
    r"(?:https?|ftp|file|s3|gs)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+|(?:[A-Za-z]:[\\/]|\\\\|\.{0,2}/)\S*",
    re.IGNORECASE,
)
FILE = re.compile(
    r"[^\s,;]+(?: [^\s,;]+){0,2}\.(?:png|jpe?g|webp|tiff?|heic|heif|gif|bmp|avif|exr|psd|ai|svg|mp4|mov|mxf|avi|mkv|webm|wav|mp3|txt|md|docx?|xlsx?|ods|odt|pptx?|pdf|csv|tsv|json|ya?ml|zip|toml)",
    re.IGNORECASE,
)
BLIND = re.compile("lorem|ipsum|dolor|amet|consectetur|perspiciatis|voluptat", re.IGNORECASE)
LOREM = re.compile(
    r"\b(?:lorem|ipsum|dolor|amet|consectetur|adipiscing|adipisicing|elit|eiusmod|tempor|incididunt|labore|dolore|aliqua|veniam|nostrud|exercitation|"
    r"ullamco|laboris|nisi|aliquip|commodo|consequat|irure|reprehenderit|voluptate|velit|cillum|fugiat|pariatur|excepteur|occaecat|cupidatat|proident|"
    r"deserunt|mollit|laborum|perspiciatis|omnis|iste|natus|voluptatem|accusantium|doloremque|laudantium|totam|aperiam|eaque|inventore|veritatis|"
    r"quasi|architecto|beatae|explicabo|nemo|ipsam|quia|voluptas|aspernatur|fugit|magni|dolores|ratione|sequi|nesciunt|magna|minim|quis|sed|enim|duis|aute)\b",
    re.IGNORECASE,
)
