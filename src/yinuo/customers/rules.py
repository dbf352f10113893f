"""How identities are written, compared, masked and found, and how names are sorted: values in, value out.

Two ways of writing the same phone number or mail address give one identity. What is stored stays as people need it
(a mail address keeps the capitals of its first part); what is compared is the `key`.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from yinuo.access.masking import masked_mail, masked_phone, masked_text
from yinuo.foundation.refusals import Refusal

MAIL, PHONE, OPEN_ID, ACCOUNT_NUMBER = "mail", "phone", "open_id", "account_number"
HOME_COUNTRY = "CN"

NAME_LENGTH = 120
_SORT_KEY_LENGTH = 200
_MASKED_LENGTH = 120
_LONGEST_MAIL = 320
_LONGEST_ID = 128
_SHORTEST_MASKED = 4
_SEARCH_DIGITS = 4
_LONGEST_CHINESE_NAME = 4
_PADDED_LENGTH = 3

_MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")
_EXTENSION_WORDS = re.compile(r"\s*(?:转接|转|分机号?|内线)[:：\s]*")
# 021-62501234-802: after a landline with its area code, a last hyphen introduces the extension.
_HYPHEN_EXTENSION = re.compile(r"(.*\d{7,8})\s*-\s*(\d{1,6})")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_UNSEEN = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

# Surnames that are read otherwise than the same character elsewhere.
_SURNAMES = {
    "乐": "yue",
    "仇": "qiu",
    "句": "gou",
    "区": "ou",
    "单": "shan",
    "召": "shao",
    "员": "yun",
    "折": "she",
    "曾": "zeng",
    "朴": "piao",
    "查": "zha",
    "盖": "ge",
    "祭": "zhai",
    "种": "chong",
    "秘": "bi",
    "繁": "po",
    "缪": "miao",
    "翟": "zhai",
    "覃": "qin",
    "解": "xie",
    "郇": "xun",
    "重": "chong",
    "阚": "kan",
    "黑": "he",
    "乜": "nie",
    "谌": "chen",
}
# Double surnames whose first character stands in the table above, yet is read as always.
_DOUBLE_SURNAMES = {"单于": "chan yu", "乐正": "yue zheng"}


@dataclass(frozen=True)
class NormalIdentity:
    """An identity ready to store. `value` is what is used, `key` what is compared, `masked` what may be shown."""

    kind: str
    value: str
    key: str
    masked: str


class NotAMailAddress(Refusal):
    code = "customers.not_a_mail_address"
    status = 422

    def sentence(self) -> str:
        return _("This is not a mail address. Write it like name@example.com.")


class NotAPhoneNumber(Refusal):
    code = "customers.not_a_phone_number"
    status = 422

    def sentence(self) -> str:
        return _(
            "This is not a complete phone number. Write a mobile number with its 11 digits, a landline with its area "
            "code, and a number of another country with + and the country code."
        )


class PhoneNumberShortened(Refusal):
    """A spreadsheet turned the number into 1.38E+10: its last digits are gone."""

    code = "customers.phone_number_shortened"
    status = 422

    def sentence(self) -> str:
        return _(
            "A spreadsheet has shortened this phone number, so its last digits are lost. "
            "Set the column's format to text and save the file again."
        )


class NotAnIdentity(Refusal):
    code = "customers.not_an_identity"
    status = 422

    def sentence(self) -> str:
        return _(
            "This value is empty or longer than %(most)s characters. Write it as it stands in the other system."
        ) % {"most": _LONGEST_ID}


class NameMissing(Refusal):
    code = "customers.name_missing"
    status = 422

    def sentence(self) -> str:
        return _("The name is empty. Write at least one character.")


def normal_identity(kind: str, value: str) -> NormalIdentity:
    """Return the one form of an identity however it was written.

    kind: mail, phone, open_id or account_number. A mail address is compared without regard to capitals, its domain in
    ASCII (IDNA). A phone number becomes E.164, by default of China, with `;ext=` and the extension after a landline.
    Refuses with NotAMailAddress, NotAPhoneNumber, PhoneNumberShortened, NotAnIdentity.
    """
    stored, key = _NORMALISERS[kind](_plain(value))
    return NormalIdentity(kind, stored, key, masked_identity(kind, stored))


def check_deliverable(identity: NormalIdentity) -> None:
    """Refuse a mail address typed by a person that cannot exist on the public net: a domain without a dot."""
    if identity.kind == MAIL and "." not in identity.key.rpartition("@")[2].strip("."):
        raise NotAMailAddress


def masked_identity(kind: str, value: str) -> str:
    """Return what of a normal value may be shown to everybody who sees the customer."""
    if kind == MAIL:
        return masked_mail(value)[:_MASKED_LENGTH]
    if kind == PHONE:
        return masked_phone(value.partition(";ext=")[0])
    return masked_text(value) if len(value) >= _SHORTEST_MASKED else "****"


def clean_name(name: str) -> str:
    """Return a name without unseen characters and needless blanks, cut to what fits. Refuses with NameMissing."""
    cleaned = " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", name)).split())[:NAME_LENGTH].strip()
    if not cleaned:
        raise NameMissing
    # 曾　敏: lists pad names of two characters to the width of three.
    compact = cleaned.replace(" ", "")
    return compact if len(compact) <= _PADDED_LENGTH and _CHINESE.fullmatch(compact) else cleaned


def sort_key(name: str) -> str:
    """Return the name in lower-case pinyin and Latin letters, syllables apart, so that names sort as in a directory.

    A whole Chinese name of up to four characters is read with its surname's own sound: 曾 zeng, 单 shan, 仇 qiu.
    """
    words = lazy_pinyin(name)
    if _CHINESE.fullmatch(name) and 1 < len(name) <= _LONGEST_CHINESE_NAME:
        if name[:2] in _DOUBLE_SURNAMES:
            words = [_DOUBLE_SURNAMES[name[:2]], *lazy_pinyin(name[2:])]
        elif name[0] in _SURNAMES:
            words = [_SURNAMES[name[0]], *lazy_pinyin(name[1:])]
    joined = unicodedata.normalize("NFKD", " ".join(words)).casefold()
    letters = "".join(sign for sign in joined if not unicodedata.combining(sign))
    return " ".join(letters.split())[:_SORT_KEY_LENGTH]


def identities_meant(text: str) -> tuple[NormalIdentity, ...]:
    """Return every identity that a search text can be: none for an ordinary name.

    An `@` means a mail address; four digits or more mean a phone number, an account number or an id.
    """
    plain = _plain(text)
    if "@" in plain:
        kinds: tuple[str, ...] = (MAIL, ACCOUNT_NUMBER)
    elif sum(sign.isdigit() for sign in plain) >= _SEARCH_DIGITS:
        kinds = (PHONE, ACCOUNT_NUMBER, OPEN_ID)
    else:
        kinds = (ACCOUNT_NUMBER, OPEN_ID)
    found = []
    for kind in kinds:
        try:
            found.append(normal_identity(kind, plain))
        except (NotAMailAddress, NotAPhoneNumber, PhoneNumberShortened, NotAnIdentity):
            continue
    return tuple(found)


def _plain(value: str) -> str:
    """Return the value with full-width signs as ASCII, without unseen characters and outer blanks."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", value)).strip()
    # Signs may meet, once what stood between them is gone, and become one.
    return unicodedata.normalize("NFKC", seen)


def _normal_mail(value: str) -> tuple[str, str]:
    written = re.sub(r"^(?:mailto:)+", "", value.strip("<> ").replace("。", "."), flags=re.IGNORECASE)
    local, at, domain = written.rpartition("@")
    domain = domain.rstrip(".").lower()
    if not (at and local and domain) or re.search(r"[\s<>,;\"]|@", local + domain) or len(value) > _LONGEST_MAIL:
        raise NotAMailAddress
    if not domain.isascii():
        domain = _ascii_domain(domain)
    return f"{local}@{domain}", f"{local.lower()}@{domain}"


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise NotAMailAddress from error


def _normal_phone(value: str) -> tuple[str, str]:
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", value):
        raise PhoneNumberShortened
    number = _parsed_phone(value)
    is_mobile = number.country_code == 86 and _MAINLAND_MOBILE.fullmatch(str(number.national_number))  # noqa: PLR2004 - China
    # New blocks of mobile numbers appear faster than the library's tables: their shape is enough.
    if not is_mobile and not phonenumbers.is_valid_number(number):
        raise NotAPhoneNumber
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension and not is_mobile:
        normal += f";ext={number.extension}"
    return normal, normal


def _parsed_phone(value: str) -> phonenumbers.PhoneNumber:
    text = _EXTENSION_WORDS.sub(" ext ", value.replace(";ext=", " ext ").removesuffix(".0"))
    with_hyphen = _HYPHEN_EXTENSION.fullmatch(text)
    for written in (f"{with_hyphen[1]} ext {with_hyphen[2]}" if with_hyphen else text, text):
        try:
            number = phonenumbers.parse(written, HOME_COUNTRY)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) or written == text:
            return number
    raise NotAPhoneNumber


def _normal_open_id(value: str) -> tuple[str, str]:
    if not value or len(value) > _LONGEST_ID or re.search(r"\s", value):
        raise NotAnIdentity
    return value, value


def _normal_account_number(value: str) -> tuple[str, str]:
    compact = unicodedata.normalize("NFKC", "".join(value.split()).upper())
    if not compact or len(compact) > _LONGEST_ID:
        raise NotAnIdentity
    return compact, compact


_NORMALISERS: dict[str, Callable[[str], tuple[str, str]]] = {
    MAIL: _normal_mail,
    PHONE: _normal_phone,
    OPEN_ID: _normal_open_id,
    ACCOUNT_NUMBER: _normal_account_number,
}
