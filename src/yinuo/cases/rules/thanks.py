"""Whether a message is only thanks or a confirmation, in Chinese and English. Pure; sure of itself or silent.

A message counts as thanks only when it consists of nothing but what stands below: each part of it is thanks, a word of
receipt, a word that it is solved, or a courtesy. One unknown word, a digit or a question mark, and it is a message like
any other: an answer too many costs minutes, a request passed over costs the customer. See docs/rules/thanks.md.
"""

import re
import unicodedata
from dataclasses import dataclass

_LONGEST = 120
# The longest of what may stand at a place wins, so "works now" is not read as "works".
_SOLVED = """
问题(已经|已|都|全部)*解决了?|(已经|已|都|全部|现在)*解决了|(已经|已)解决
|(已经|已|都|现在|全)*(好了|好啦|修好了|搞定了?|弄好了|处理好了|恢复了|恢复正常了?)
|(现在|已经|已|都|一切|目前)*(正常了|能用了|可以用了|可以了|没问题了|没有问题了|没事了)
|(现在|已经|一切|目前|都)+正常
|(it|this|that|everything|all) (works|is working)( fine| well| perfectly| great| again)*( now)?
|works( fine| perfectly| great| again| well)*( now)?
|(it|this|that|everything|all)( is|'s)( now)? (solved|fixed|resolved|sorted|ok|okay|fine|good|well)( now)?
|(problem|issue)( is)? (solved|fixed|resolved)( now)?|(all )?(solved|fixed|resolved|sorted)( now)?
|all (good|fine|well)( now)?|that (helped|worked|did it|solved it|fixed it)
"""
_THANKS = """
(非常|十分|万分|太|真的?|真是|很)*(谢谢|感谢|多谢|谢了|谢啦|谢过)(你们|您们|你|您|大家|各位|师傅|客服|老师|小姐姐|亲)*(的)?(耐心|热心|及时|快速|细心)*(地)?(的)?(帮助|帮忙|解答|回复|服务|支持|答复)?(了|啦)?
|(你们|您们|你|您|大家|师傅|客服)*(真|太)?辛苦(你们|您们|你|您|大家|师傅)*(了|啦)?|(many |big )?thanks|thanx|thx
|thank (you|u)( all)?|ty|cheers|much appreciated|(i |we )?(really )?appreciate (it|that|your help|the help)
|很满意|非常满意|满意|服务很好|点赞|(great|excellent|good) (service|job|work|help)|well done
"""
_RECEIVED = """
(好的|好滴|好哒|好嘞)+|好+|(嗯|恩)+|收到(了|啦)?|(我)?(都)?(知道|明白|了解|清楚|晓得)(了|啦)|明白|了解|行|ok
|okay|okey|👍|👌|🙏|got it|noted|understood|received|perfect|great|wonderful|excellent|fantastic|awesome|lovely
|brilliant|alright|all right|sounds good|good|fine|nice|super
"""
_COURTESY = """
您好|你好|你们|您们|您|你|哦|噢|喔|啊|呀|哈|啦|了|嘛|哟|呢|拜拜|再见|祝好
|祝(您|你|你们|大家)?(工作|生意|生活)(顺利|愉快|兴隆)|么么哒|亲|very much|so much|a lot|again|indeed|everyone
|team|all|now|a bunch
|for (your|the|all your|all the)( very| so)?( quick| fast| prompt| kind| great| good)*
( help| support| reply| answer| response| service| assistance)
|hi|hello|dear|(best|kind|warm)( regards| wishes)|regards|bye|have a (nice|good|great) (day|weekend|evening)
|you too|😊|🙂|😀|😄|😁|❤|🌹|💐|😘|🤝
"""


@dataclass(frozen=True)
class OnlyThanks:
    """A message that calls for no answer. says_solved: by it the customer says that it is solved."""

    says_solved: bool


def only_thanks(text: str, *, author_name: str = "", was_asked: bool = False) -> OnlyThanks | None:
    """Return how a message thanks when it does nothing else; None: it is to be read and answered.

    text: what was said, without what is quoted. author_name: may stand below it. was_asked: we asked the customer
    something last, so "good" and "thank you" may be their yes, and only a word that it is solved counts.
    """
    words = _plain(text, author_name)
    if not words or len(words) > _LONGEST:
        return None
    kinds = _kinds(words)
    if not kinds - {"courtesy"}:
        return None
    says_solved = "solved" in kinds
    return OnlyThanks(says_solved) if says_solved or not was_asked else None


def _plain(text: str, author_name: str) -> str:
    lines = [line.strip() for line in unicodedata.normalize("NFKC", text).lower().splitlines() if line.strip()]
    if len(lines) > 1 and author_name and lines[-1].strip(" -—,.") in _names(author_name):
        lines.pop()
    joined = " ".join(lines).replace("’", "'").replace("\ufe0f", "")
    # A question mark, a digit or any other sign stays and is no known word; these separate what is said.
    return " ".join(re.sub(r"[,.!。、,~;:…\-—\"“”()\s]+", " ", joined).split())


def _names(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", name).lower().strip()
    return {plain, *plain.split()} if plain else set()


def _kinds(words: str) -> set[str]:
    """Return of which kinds the parts of a message are; nothing at all when one part is unknown."""
    kinds: set[str] = set()
    place = 0
    while place < len(words):
        if words[place] == " ":
            place += 1
            continue
        found = [(match.end(), kind) for kind, pattern in _PATTERNS if (match := pattern.match(words, place))]
        if not found:
            return set()
        place, kind = max(found, key=lambda one: one[0])
        kinds.add(kind)
    return kinds


def _pattern(phrases: str) -> re.Pattern[str]:
    """Return a pattern of phrases; a Latin word ends where its letters do, in Chinese words there is no such end."""
    one_line = phrases.replace("\n", "")
    return re.compile(rf"(?:{one_line})(?![a-z0-9'])")


_PATTERNS = [
    ("solved", _pattern(_SOLVED)),
    ("thanks", _pattern(_THANKS)),
    ("received", _pattern(_RECEIVED)),
    ("courtesy", _pattern(_COURTESY)),
]
