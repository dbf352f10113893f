# ruff: noqa: PLR2004 - shares of an invented world stand where they are used.
"""How templates become what a person writes: choices, slots, the voice of the writer, slips of the keyboard."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from yinuo.demo.company.scenario_book import phrases
from yinuo.demo.company.values import COMPANY_ZONE, Customer, Scenario

_CHOICE = re.compile(r"<([^<>]*\|[^<>]*)>")
_WHEN = re.compile(r"^@([^@]+)@")
_SLOT = re.compile(r"\{(\w+)\}")
_WEEKDAYS_ZH = "一二三四五六日"
_MONTHS_EN = "January February March April May June July August September October November December".split()  # noqa: SIM905
_CALM_VOICES = {"emergency": ("plain", "terse", "angry"), "happy": ("plain", "polite", "rambling", "emoji")}


def fill(random: Random, template: str, slots: Mapping[str, str]) -> str:
    """Return the template with its choices made and its slots filled. An unknown slot is a KeyError."""
    text = template
    # Filled text may hold choices of its own ({ask}), so go on until nothing changes.
    for _ in range(4):
        chosen = _CHOICE.sub(lambda match: random.choice(match[1].split("|")), text)
        filled = _SLOT.sub(lambda match: slots[match[1]], chosen)
        if filled == text:
            break
        text = filled
    # A slot that ends in a blank may stand before punctuation, which wants none.
    return re.sub(r" +(?=[，。；！？])", "", text)


def choose(random: Random, templates: Sequence[str], heard: str) -> str:
    """Return a template that suits what was heard.

    `@word/word@text` is for messages with one of the words, and goes before the general ones; when there are
    only conditions and none holds, any will do.
    """
    conditions = [(_WHEN.match(template), template) for template in templates]
    suited = [t for match, t in conditions if match and any(word in heard for word in match[1].split("/"))]
    general = [t for match, t in conditions if not match]
    return _WHEN.sub("", random.choice(suited or general or list(templates)))


def say(random: Random, language: str, kind: str, use: str, slots: Mapping[str, str]) -> str:
    """Return one of the shared phrases, filled."""
    return fill(random, random.choice(phrases()[language][kind][use]), slots)


def opening_text(random: Random, scenario: Scenario, customer: Customer, slots: Mapping[str, str]) -> str:
    """Return the first message in the customer's own voice."""
    texts = scenario.texts[customer.language]
    voice = voice_for(random, scenario, customer)
    whole = texts.get("opening", ())
    if whole and (not texts.get("symptom") or random.random() < 0.2):
        body = fill(random, random.choice(whole), {**slots, "ask": _ask(random, texts, slots)})
        told = "plain" if voice == "rambling" else voice
        text = body if scenario.flow == "none" else _framed(random, body, customer.language, told, slots)
    else:
        text = _framed(
            random, _assembled(random, texts, customer.language, voice, slots), customer.language, voice, slots
        )
    return slipped(random, text, customer, voice).strip()


def voice_for(random: Random, scenario: Scenario, customer: Customer) -> str:
    """Return how this customer writes about this: emergencies are not chatty, praise is not angry."""
    if scenario.case_class == "emergency":
        return random.choice(_CALM_VOICES["emergency"])
    if scenario.mood == "happy":
        allowed = _CALM_VOICES["happy"] if customer.language == "zh" else ("plain", "polite", "rambling")
        return customer.voice if customer.voice in allowed else random.choice(allowed)
    if scenario.mood == "calm" and customer.voice == "angry":
        return "plain"
    if scenario.mood == "upset" and random.random() < 0.25:
        return "angry"
    return customer.voice


def note_text(random: Random, scenario: Scenario, customer: Customer, slots: Mapping[str, str], channel: str) -> str:
    """Return what a clerk types while the customer is on the phone or at the counter."""
    texts = scenario.texts[customer.language]
    fields = {**slots, "want": scenario.want_zh if customer.language == "zh" else scenario.want_en}
    if customer.language == "zh" and texts.get("symptom") and random.random() < 0.75:
        fields["symptom"] = _as_reported(random, texts["symptom"], slots)
        fields["detail"] = _as_reported(random, texts.get("detail", ("无",)), slots)
        fields["mood"] = "激动" if scenario.mood == "upset" else random.choice(("平稳", "着急", "平和"))
        fields["free"] = random.choice(("白天", "18 点后", "中午", "全天"))
        return say(random, "zh", "call_note", channel, fields)
    fields["quote"] = _assembled(random, texts, customer.language, "plain", slots).strip()
    return say(random, customer.language, "call_note", f"{channel}_any", fields)


def as_call_record(text: str) -> str:
    """Return a Chinese answer the way a clerk logs a call: the customer in the third person."""
    for said, logged in (("麻烦您", "请客户"), ("您的", "客户的"), ("跟您", "跟客户"), ("您", "客户")):
        text = text.replace(said, logged)
    return f"回电告知：{text}"


def spoken_deadline(at: datetime, now: datetime, language: str) -> str:
    """Return the instant as a person names a time limit, such as 今天 17:30 前 or by 12:00 tomorrow (13 Nov)."""
    local, days = _near(at, now)
    clock = f"{local.hour}:{local.minute:02d}"
    if language == "zh":
        return f"{_day_zh(local, days)}{clock} 前"
    return f"by {clock} {_day_en(local, days)}"


def spoken_window(at: datetime, hours: int, now: datetime, language: str) -> str:
    """Return a visiting window, such as 明天（11月13日）9:00 到 11:00."""
    local, days = _near(at, now)
    first, last = f"{local.hour}:{local.minute:02d}", f"{local.hour + hours}:{local.minute:02d}"
    if language == "zh":
        return f"{_day_zh(local, days)}{first} 到 {last} "
    return f"{_day_en(local, days)} between {first} and {last}"


def spoken_day(day: date, language: str) -> str:
    """Return a date of the near future as people write it."""
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {_MONTHS_EN[day.month - 1]}"


def spoken_month(day: date, now: date, language: str) -> str:
    """Return when something was bought: 上个月, 去年11月, 11月5号, last March."""
    age = (now - day).days
    if language == "en":
        if age <= 45:
            return f"on {day.day} {_MONTHS_EN[day.month - 1]}"
        return f"in {_MONTHS_EN[day.month - 1]}" + ("" if day.year == now.year else f" {day.year}")
    if age <= 45:
        return f"{day.month}月{day.day}号"
    years = {0: "今年", 1: "去年", 2: "前年"}.get(now.year - day.year, f"{day.year}年")
    festival = {(11, True): "双十一", (6, True): "618"}.get((day.month, 8 <= day.day <= 20))
    return years + (festival or f"{day.month}月")


def slipped(random: Random, text: str, customer: Customer, voice: str) -> str:
    """Return the text with the slips of a hasty typist, and dialect words where the voice has them."""
    if voice == "dialect":
        for standard, local in phrases()["dialect"].get(customer.region, {}).items():
            text = text.replace(standard, local, 1)
    if random.random() < (0.16 if voice in {"terse", "angry", "elder"} else 0.06):
        words = [word for word in phrases()["typos"] if word in text]
        if words:
            word = random.choice(words)
            text = text.replace(word, phrases()["typos"][word], 1)
    if voice == "terse" and customer.language == "zh" and random.random() < 0.5:
        text = text.replace("，", " ").replace("。", " ").strip()
    if voice == "terse" and customer.language == "en" and random.random() < 0.5:
        text = text.lower().rstrip(".")
    return text


def _assembled(
    random: Random, texts: Mapping[str, Sequence[str]], language: str, voice: str, slots: Mapping[str, str]
) -> str:
    if not texts.get("symptom"):
        return fill(random, random.choice(texts["opening"]), {**slots, "ask": _ask(random, texts, slots)})
    symptom = fill(random, random.choice(texts["symptom"]), slots)
    details = [fill(random, detail, slots) for detail in random.sample(texts["detail"], min(2, len(texts["detail"])))]
    context = say(random, language, "context", "owned", slots) if slots["order"] else ""
    ask = _ask(random, texts, slots)
    if language == "en":
        count = {"terse": 0, "rambling": 2}.get(voice, 1)
        sentences = [
            context.strip() if voice != "terse" else "",
            *(each if each[-1] in "?!.)" else f"{each}." for each in (symptom, *details[:count])),
            ask,
        ]
        return " ".join(sentence for sentence in sentences if sentence)
    comma = "！" if voice == "angry" and random.random() < 0.4 else "，"
    if voice == "terse":
        return f"{symptom}。{ask if random.random() < 0.7 else ''}"
    count = {"rambling": 2, "elder": 2}.get(voice, random.choice((0, 1, 1, 1, 2)))
    told = comma.join([symptom, *details[:count]])
    return f"{context}{told}。{ask}"


def _framed(random: Random, body: str, language: str, voice: str, slots: Mapping[str, str]) -> str:
    shared = phrases()[language]
    hello = say(random, language, "hello", voice if voice in shared["hello"] else "plain", slots)
    before, after = "", ""
    if voice == "rambling":
        before, after = (fill(random, aside, slots) for aside in random.sample(shared["aside"]["list"], 2))
        after = after.rstrip("，") + ("。" if language == "zh" else "")
        after = after if random.random() < 0.5 else ""
    if voice == "angry":
        after = say(random, language, "anger", "list", slots)
    elif voice in {"polite", "plain", "emoji", "foreign"}:
        polite = random.random() < 0.5 and "谢" not in body and "hank" not in body
        after = say(random, language, "thanks", "list", slots) if polite else ""
    if voice == "emoji":
        after += "".join(random.choice(phrases()["zh"]["emoji"]["list"]) for _ in range(random.choice((1, 1, 2, 3))))
    use = voice if voice in shared["sign"] else "plain"
    sign = "" if voice in {"terse", "emoji"} else say(random, language, "sign", use, slots)
    gap = " " if language == "en" and after else ""
    return f"{hello}{before}{body}{gap}{after}{sign}"


def _ask(random: Random, texts: Mapping[str, Sequence[str]], slots: Mapping[str, str]) -> str:
    asks = texts.get("ask", ())
    return fill(random, random.choice(asks), slots) if asks else ""


def _as_reported(random: Random, templates: Sequence[str], slots: Mapping[str, str]) -> str:
    impersonal = [template for template in templates if "我" not in template and "你" not in template]
    text = fill(random, random.choice(impersonal or templates), slots).rstrip("。！？")
    for said, logged in (("我家", "家中"), ("你们", "我司"), ("我", "客户")):
        text = text.replace(said, logged)
    return text


def _near(at: datetime, now: datetime) -> tuple[datetime, int]:
    local = at.astimezone(COMPANY_ZONE)
    return local, (local.date() - now.astimezone(COMPANY_ZONE).date()).days


def _day_zh(local: datetime, days: int) -> str:
    if days == 0:
        return "今天 "
    if days == 1:
        return f"明天（{local.month}月{local.day}日）"
    return f"{local.month}月{local.day}日（周{_WEEKDAYS_ZH[local.weekday()]}）"


def _day_en(local: datetime, days: int) -> str:
    month = _MONTHS_EN[local.month - 1][:3]
    if days == 0:
        return "today"
    if days == 1:
        return f"tomorrow ({local.day} {month})"
    return f"on {local:%A}, {local.day} {month}"


def round_down(at: datetime, minutes: int = 30) -> datetime:
    """Return the instant moved back to the full half hour: nobody promises 17:23."""
    return at - timedelta(minutes=at.minute % minutes, seconds=at.second, microseconds=at.microsecond)
