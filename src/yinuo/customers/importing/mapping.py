"""Which column holds what: suggested from the header's words, checked before a run begins."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

FIELDS = (
    "name",
    "mail",
    "phone",
    "account_number",
    "company",
    "tier",
    "language",
    "region",
    "city",
    "address",
    "registered_on",
)
IDENTIFYING = ("mail", "phone", "account_number")

# Compared without blanks, signs and capitals. The first column that fits a field gets it.
_WORDS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "客户姓名", "客户名称", "名字", "名称", "联系人", "会员姓名", "收货人", "name", "fullname",
             "customername", "customer", "contact", "contactname"),
    "mail": ("邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "邮件地址", "email", "mail", "emailaddress",
             "mailaddress"),
    "phone": ("手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "移动电话", "phone", "mobile",
              "tel", "telephone", "phonenumber", "mobilenumber", "cell", "cellphone"),
    "account_number": ("客户编号", "客户号", "会员号", "会员编号", "会员卡号", "账号", "帐号", "编号", "卡号",
                       "accountnumber", "account", "accountno", "customernumber", "customerno", "customerid",
                       "memberno", "membernumber", "memberid", "number", "id"),
    "company": ("公司", "公司名称", "单位", "单位名称", "企业", "企业名称", "company", "companyname", "organisation",
                "organization", "employer"),
    "tier": ("等级", "级别", "客户等级", "客户级别", "会员等级", "会员级别", "tier", "level", "customertier",
             "membership", "grade"),
    "language": ("语言", "语种", "language", "lang", "locale"),
    "region": ("区域", "大区", "地区", "区域代码", "所属区域", "region", "regioncode", "area"),
    "city": ("城市", "所在城市", "市", "city", "town"),
    "address": ("地址", "联系地址", "收货地址", "详细地址", "通讯地址", "住址", "address", "streetaddress",
                "postaladdress"),
    "registered_on": ("注册日期", "注册时间", "登记日期", "入会日期", "入会时间", "开户日期", "registeredon",
                      "registered", "registrationdate", "registrationon", "signupdate", "joinedon", "since"),
}  # fmt: skip


class UnknownField(Refusal):
    code = "customers.unknown_field"
    status = 422

    def sentence(self) -> str:
        return _("%(field)s is not something we store of a customer. Choose from: %(known)s.") % {
            "field": self.field,
            "known": ", ".join(FIELDS),
        }


class ColumnMissing(Refusal):
    code = "customers.column_missing"
    status = 422

    def sentence(self) -> str:
        return _("The file has no column %(column)s. Its columns are: %(columns)s.") % {
            "column": self.column,
            "columns": self.columns,
        }


class ColumnTwice(Refusal):
    code = "customers.column_twice"
    status = 422

    def sentence(self) -> str:
        return _("Two columns of the file are called %(column)s. Give one of them another name and try again.") % {
            "column": self.column
        }


class MappingIncomplete(Refusal):
    code = "customers.mapping_incomplete"
    status = 422

    def sentence(self) -> str:
        return _(
            "Say which column holds the name, and at least one of mail, phone and account number: "
            "without one we cannot tell whether we know a customer already. The columns are: %(columns)s."
        ) % {"columns": self.columns}


def suggest_mapping(header: Sequence[str]) -> dict[str, str]:
    """Return field -> column for every column whose name, Chinese or English, we understand."""
    found: dict[str, str] = {}
    for field in FIELDS:
        for word in _WORDS[field]:
            column = next((name for name in header if _bare(name) == word), None)
            if column is not None and column not in found.values():
                found[field] = column
                break
    return found


def check_mapping(mapping: Mapping[str, str], header: Sequence[str]) -> None:
    """Pass when rows can be read with this mapping.

    Refuses with UnknownField, ColumnMissing, ColumnTwice, MappingIncomplete.
    """
    counts = Counter(header)
    columns = ", ".join(name for name in header if name)
    for field, column in mapping.items():
        if field not in FIELDS:
            raise UnknownField(field=field)
        if not counts[column]:
            raise ColumnMissing(column=column, columns=columns)
        if counts[column] > 1:
            raise ColumnTwice(column=column)
    if "name" not in mapping or not any(field in mapping for field in IDENTIFYING):
        raise MappingIncomplete(columns=columns)


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    # 手机号（必填）, Phone (mobile): what stands in brackets explains and does not name.
    return re.sub(r"[\W_]+", "", re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", plain))
