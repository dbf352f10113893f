"""Texts of customers with personal data, and without: written by hand, and composed with invented values.

Nobody here exists. Numbers are made by rule: right check digits, and ranges as they occur. `examples()` gives the
text and the values that must be found in it with their kinds; what looks alike but is no personal data is among them.
"""

import random
from collections.abc import Iterator

Example = tuple[str, list[tuple[str, str]]]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

WRITTEN: list[Example] = [
    ("我姓王，电话13800138000，麻烦尽快回电。", [("mobile", "13800138000")]),
    ("手机 139-1234-5678 打不通就打 010-62345678", [("mobile", "139-1234-5678"), ("telephone", "010-62345678")]),
    ("联系方式：+86 186 0000 1111", [("mobile", "+86 186 0000 1111")]),
    ("我的号码是１５９１２３４５６７８，谢谢", [("mobile", "１５９１２３４５６７８")]),
    ("wang.li+ticket@example.com.cn 发到这个邮箱", [("mail", "wang.li+ticket@example.com.cn")]),
    ("邮箱li＿x@example.com", [("mail", "li＿x@example.com")]),
    ("身份证号 11010519491231002X 可以查到吗", [("id-card", "11010519491231002X")]),
    ("收货地址：北京市朝阳区建国路88号院3号楼2单元501室", [("address", "北京市朝阳区建国路88号院3号楼2单元501室")]),
    ("地址是上海市浦东新区张江镇祖冲之路1000弄5号302", [("address", "上海市浦东新区张江镇祖冲之路1000弄5号302")]),
    ("我住在杭州市西湖区文三路269号", [("address", "杭州市西湖区文三路269号")]),
    ("广东省深圳市南山区科技园高新南一道8号创维大厦1201室，周末有人",
     [("address", "广东省深圳市南山区科技园高新南一道8号创维大厦1201室")]),
    ("车牌京A12345，停在门口", [("plate", "京A12345")]),
    ("新能源车粤BD12345充不了电", [("plate", "粤BD12345")]),
    ("沪A·88888 的行驶证", [("plate", "沪A·88888")]),
    ("护照号E12345678", [("passport", "E12345678")]),
    ("passport no. G87654321 please", [("passport", "G87654321")]),
    ("订单号20261103123456789还没发货", [("order", "20261103123456789")]),
    ("快递单号SF1234567890123不动了", [("order", "SF1234567890123")]),
    ("My order number is A1B2-3344-5566.", [("order", "A1B2-3344-5566")]),
    ("微信号：wangli_88，加我", [("messenger", "wangli_88")]),
    ("QQ：123456789", [("messenger", "123456789")]),
    ("座机0571-87654321转802", [("telephone", "0571-87654321转802")]),
    ("Call me at (555) 234-5678 after five.", [("telephone", "(555) 234-5678")]),
    ("My number is +44 20 7946 0958, thanks", [("telephone", "+44 20 7946 0958")]),
    ("I live at 221 Baker Street, London, please send it there.", [("address", "221 Baker Street, London")]),
    ("Ship to 12 Oak Avenue, Apt 4B, Springfield, IL 62704.",
     [("address", "12 Oak Avenue, Apt 4B, Springfield, IL 62704")]),
    ("card 4111 1111 1111 1111 was charged twice", [("bank-card", "4111 1111 1111 1111")]),
    ("my card 4111-1111-1111-1111", [("bank-card", "4111-1111-1111-1111")]),
    ("Please write to J.Doe@mail.example.org, not to the old one.", [("mail", "J.Doe@mail.example.org")]),
    ("138\u200b0013\u200b8000 这个号", [("mobile", "138\u200b0013\u200b8000")]),
    ("两个号13800138000 13900139000都行", [("mobile", "13800138000"), ("mobile", "13900139000")]),
    ("13800138000/13900139000", [("mobile", "13800138000"), ("mobile", "13900139000")]),
    ("tel:13800138000", [("mobile", "13800138000")]),
    ("手机号13800138000，尾号8000", [("mobile", "13800138000")]),
    ("(13800138000)", [("mobile", "13800138000")]),
    ("a@b.co", [("mail", "a@b.co")]),
    # Nothing personal in these, however it looks.
    ("洗衣机型号XQG100-14BF22W，2026年11月3日下午3点买的", []),
    ("一共12800元，付了13999.00元定金", []),
    ("热线400-800-1234一直占线", []),
    ("2026-11-03 15:30:45 报错 0x80070005", []),
    ("版本号 10.0.19045.3570 更新后打不开", []),
    ("我等了3个小时，走了2公里路", []),
    ("我在路上走了10分钟，坐3号线到市区", []),
    ("市区道路很堵", []),
    ("这款手机1300元，那款1500元", []),
    ("数量 1000000 个，单价 0.35", []),
    ("它的分辨率是2560x1440，刷新率144", []),
    ("MAC 00:1A:2B:3C:4D:5E", []),
    ("IP 192.168.100.200 连不上", []),
    ("I waited 45 minutes on line 3 and walked 2 blocks.", []),
    ("It happened on 12/11/2026 at 10:15 in version 2.10.3.", []),
    ("The order arrived, but 2 of 10 cups were broken.", []),
    ("@客服 在吗", []),
    ("抽奖码 88888888", []),
    ("我要5号楼的门禁权限说明", []),
    ("气温零下15度，门店早上9点开", []),
    ("条形码6901234567892扫不出来", []),
    ("浙江的客服态度好，上海的不行", []),
    ("会员等级3，积分12345678901", []),
    ("一二三四五六七", []),
]  # fmt: skip

_ZH = {
    "mobile": ["我的手机号是{}，请回电", "电话{}",
        "联系人王女士 {} 随时可打", "请打{}找我，别打旧号码", "尽快联系我（{}）",
               "手机:{} 谢谢", "{}是我的新号码", "回访请拨{}。"],
    "id-card": ["身份证{}", "我的身份证号码是{}，实名过不了",
        "证件号：{}。", "本人{}申请退卡", "登记的证件是（{}）对吗"],
    "bank-card": ["退款请打到银行卡{}", "卡号{}，户名王某",
        "我的储蓄卡是 {} 建行", "款项还没到{}这张卡", "信用卡（{}）被重复扣款"],
    "mail": ["发票发到{}", "邮箱是{}，别写错", "我的邮箱：{}。", "请抄送{}和主管", "用{}登录不了"],
    "plate": ["车牌{}的车", "我开的是{}，道闸不认", "车牌号：{}。", "{}上周做过保养"],
    "telephone": ["座机{}", "公司电话是{}，白天打", "也可以打家里{}。"],
    "passport": ["护照{}", "护照号码是{}，订错了名字"],
    "order": ["订单号{}", "订单{}还没发货", "单号是{}，查一下", "运单号：{}。", "订单编号 {} 要退"],
    "address": ["地址：{}", "请寄到{}", "我住在{}，周末在家", "收货地址是{}。", "请师傅上门到{}"],
}  # fmt: skip
_EN = {
    "mobile": ["my mobile is {}", "Call me: {}.",
        "You can reach me on {} any time", "phone {} please", "text {} instead"],
    "id-card": ["my ID number is {}", "ID card {} was rejected", "identity: {}."],
    "bank-card": ["please refund to card {}", "my card {} was charged twice",
        "Card number: {}.", "it was paid with {} last week"],
    "mail": ["my e-mail is {}", "Please answer to {}.", "send the invoice to {} today", "I log in as {} and it fails"],
    "telephone": ["call {}", "My office line is {}.", "phone: {} from nine to five"],
    "passport": ["passport {}", "my passport number is {}"],
    "order": ["order {}", "My order number is {}.", "tracking number {} has not moved", "invoice no. {}"],
    "address": ["please ship it to {}", "I live at {}", "The address is {}"],
}  # fmt: skip
_NOT_PERSONAL = [
    "产品编码{p}，库存{n}件", "价格{n}元，优惠{n}元", "条码{p}",
        "{d} 下单，{d} 才到", "固件{v}升级失败", "读数{n}，上月{n}",
    "The price is {n} and the discount {n}.", "It broke on {d}.", "Firmware {v} crashes.", "Model {p} has {n} parts.",
    "房间{s}平米，{s}人住", "热线400-{s}00-1234没人接", "等了{s}天{s}小时", "error {n} at line {s}",
]  # fmt: skip
_CITIES = [("广东省", "广州市", "天河区"), ("江苏省", "南京市",
    "鼓楼区"), ("浙江省", "宁波市", "海曙区"), ("四川省", "成都市", "武侯区"),
           ("", "北京市", "海淀区"), ("", "上海市", "徐汇区"),
               ("湖北省", "武汉市", "江岸区"), ("", "重庆市", "渝中区")]  # fmt: skip
_STREETS = ["中山路", "人民大道", "解放街", "学府路", "建设二路", "长江西路"]
_ESTATES = ["", "阳光小区", "翠湖花园", "金色家园", ""]
_ENGLISH_STREETS = ["Oak Street", "Maple Avenue", "King's Road", "5th Avenue", "Mill Lane", "Green Park Drive"]
_TOWNS = ["", ", Springfield", ", Leeds", ", Boston, MA 02108"]
_NAMES = ["wang.li", "li_na88", "chen-wei", "zhou", "alice.smith", "bob7", "x.y.z"]
_HOSTS = ["example.com", "mail.example.cn", "example.org", "qq.example.com", "sub.example.co.uk"]


def examples() -> list[Example]:
    """Return all examples, the same in every run."""
    return [*WRITTEN, *_composed(random.Random(20261103)), *_alike(random.Random(11))]


def _composed(chance: random.Random) -> Iterator[Example]:
    for language, templates in (("zh", _ZH), ("en", _EN)):
        for kind, sentences in templates.items():
            for sentence in sentences:
                for _ in range(7 if kind in {"mobile", "id-card", "bank-card", "mail"} else 5):
                    value = _value(kind, language, chance)
                    yield sentence.format(value), [(kind, value)]


def _alike(chance: random.Random) -> Iterator[Example]:
    for _ in range(8):
        for sentence in _NOT_PERSONAL:
            yield (
                sentence.format(
                    p="".join(chance.choice("ABCDEFGHKM") for _ in range(3)) + str(chance.randrange(1000, 99999)),
                    n=chance.randrange(10, 9_999_999),
                    s=chance.randrange(2, 9),
                    d=f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
                    v=f"{chance.randrange(9)}.{chance.randrange(30)}.{chance.randrange(9999)}",
                ),
                [],
            )


def _value(kind: str, language: str, chance: random.Random) -> str:
    makers = {
        "mobile": _mobile, "id-card": _identity, "bank-card": _card, "plate": _plate, "passport": _passport,
        "order": _order, "mail": _mail,
        "telephone": _landline if language == "zh" else _foreign,
        "address": _chinese_address if language == "zh" else _english_address,
    }  # fmt: skip
    return str(makers[kind](chance))


def _mail(chance: random.Random) -> str:
    return f"{chance.choice(_NAMES)}{chance.choice(['', chance.randrange(99)])}@{chance.choice(_HOSTS)}"


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def _mobile(chance: random.Random) -> str:
    head, middle, tail = (
        "1" + chance.choice("356789") + str(chance.randrange(10)),
        _digits(chance, 4),
        _digits(chance, 4),
    )
    return chance.choice(["{}{}{}", "{}{}{}", "{} {} {}", "{}-{}-{}", "+86{}{}{}", "+86 {} {} {}"]).format(
        head, middle, tail
    )


def _identity(chance: random.Random) -> str:
    first = f"{chance.choice(['110105', '310104', '440106', '510107', '330203'])}{chance.randrange(1950, 2008)}"
    first += f"{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}{_digits(chance, 3)}"
    return first + "10X98765432"[sum(int(a) * b for a, b in zip(first, _WEIGHTS, strict=True)) % 11]


def _card(chance: random.Random) -> str:
    first = chance.choice(["622202", "621700", "622848", "4", "51"])
    first += _digits(chance, (18 if first.startswith("62") else 15) - len(first))
    # Doubling begins with the last digit here: the check digit will stand behind it.
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(first))]
    number = first + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)
    if chance.random() < 0.4:
        return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return number


def _plate(chance: random.Random) -> str:
    tail = chance.choice(["{}{}", "{}{}", "D{}{}"]).format(chance.choice("ABCDEFGH"), _digits(chance, 4))
    return chance.choice("京沪粤苏浙川") + chance.choice("ABCDEF") + chance.choice(["", "·", ""]) + tail


def _passport(chance: random.Random) -> str:
    return chance.choice("EG") + _digits(chance, 8)


def _order(chance: random.Random) -> str:
    return chance.choice(
        [
            "2026" + _digits(chance, 13),
            "SF1" + _digits(chance, 12),
            "YN-" + _digits(chance, 8),
            "JD" + _digits(chance, 13),
        ]
    )


def _landline(chance: random.Random) -> str:
    area, number = chance.choice(["010", "021", "0571", "0755"]), chance.choice("268") + _digits(chance, 7)
    return chance.choice(["{}-{}", "{} {}", "{}-{}"]).format(area, number)


def _foreign(chance: random.Random) -> str:
    return chance.choice([f"+1 415 555 {_digits(chance, 4)}",
        f"(415) 555-{_digits(chance, 4)}", f"+44 20 7946 {_digits(chance, 4)}",
                          f"415-555-{_digits(chance, 4)}"])  # fmt: skip


def _chinese_address(chance: random.Random) -> str:
    province, city, district = chance.choice(_CITIES)
    house = f"{chance.randrange(1, 300)}号"
    estate = chance.choice(_ESTATES)
    room = chance.choice(
        ["", f"{chance.randrange(1, 20)}栋{chance.randrange(101, 2900)}室", f"{chance.randrange(1, 9)}号楼"]
    )
    return f"{province}{city}{district}{chance.choice(_STREETS)}{house}{estate}{room}"


def _english_address(chance: random.Random) -> str:
    return f"{chance.randrange(1, 400)} {chance.choice(_ENGLISH_STREETS)}{chance.choice(_TOWNS)}"
