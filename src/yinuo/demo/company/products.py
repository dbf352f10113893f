"""What the demo company sells: eight lines, forty models, and how a serial number is built."""

from datetime import date
from random import Random

from yinuo.demo.company.values import Product

# line: (zh, en, letter in the serial number, warranty in months)
LINES: dict[str, tuple[str, str, str, int]] = {
    "fridge": ("冰箱", "fridge", "F", 36),
    "washer": ("洗衣机", "washing machine", "W", 36),
    "ac": ("空调", "air conditioner", "A", 72),
    "purifier": ("净水器", "water purifier", "P", 24),
    "cooker": ("电饭煲", "rice cooker", "C", 12),
    "vacuum": ("吸尘器", "vacuum cleaner", "V", 24),
    "heater": ("热水器", "water heater", "H", 36),
    "hood": ("油烟机", "range hood", "D", 36),
}

# line, code, zh, en, price in yuan, weight of sales
_MODELS = (
    ("fridge", "HN-BCD218", "禾暖 218 升三门冰箱", "Henuan 218 L three-door fridge", 1699, 9),
    ("fridge", "HN-BCD326", "禾暖 326 升法式冰箱", "Henuan 326 L French-door fridge", 2799, 8),
    ("fridge", "HN-BCD456W", "禾暖 456 升风冷十字门冰箱", "Henuan 456 L cross-door frost-free fridge", 3999, 10),
    ("fridge", "HN-BCD512P", "禾暖 512 升母婴分区冰箱", "Henuan 512 L family fridge", 5299, 5),
    ("fridge", "HN-BCD620Z", "禾暖 620 升嵌入式冰箱", "Henuan 620 L built-in fridge", 8999, 3),
    ("washer", "HN-WB70", "禾暖 7 公斤波轮洗衣机", "Henuan 7 kg top-load washer", 899, 7),
    ("washer", "HN-WG100", "禾暖 10 公斤滚筒洗衣机", "Henuan 10 kg front-load washer", 2199, 10),
    ("washer", "HN-WD105", "禾暖 10.5 公斤洗烘一体机", "Henuan 10.5 kg washer-dryer", 3299, 8),
    ("washer", "HN-WM03", "禾暖 3 公斤内衣洗衣机", "Henuan 3 kg mini washer", 799, 4),
    ("washer", "HN-DR90", "禾暖 9 公斤热泵烘干机", "Henuan 9 kg heat-pump dryer", 3999, 3),
    ("ac", "HN-KFR26", "禾暖大 1 匹挂机空调", "Henuan 1 HP wall air conditioner", 2099, 9),
    ("ac", "HN-KFR35", "禾暖 1.5 匹新风挂机空调", "Henuan 1.5 HP fresh-air air conditioner", 2999, 11),
    ("ac", "HN-KFR50", "禾暖 2 匹柜机空调", "Henuan 2 HP floor-standing air conditioner", 4599, 4),
    ("ac", "HN-KFR72", "禾暖 3 匹柜机空调", "Henuan 3 HP floor-standing air conditioner", 6299, 5),
    ("ac", "HN-MX120", "禾暖家用中央空调 120", "Henuan home multi-split 120", 15800, 2),
    ("purifier", "HN-RO600", "禾暖 600G 净水器", "Henuan 600G water purifier", 1599, 7),
    ("purifier", "HN-RO1000", "禾暖 1000G 双出水净水器", "Henuan 1000G dual-outlet water purifier", 2399, 7),
    ("purifier", "HN-QZ01", "禾暖前置过滤器", "Henuan whole-house pre-filter", 459, 4),
    ("purifier", "HN-TS08", "禾暖台面净饮机", "Henuan countertop purifier", 1299, 4),
    ("purifier", "HN-RS15", "禾暖全屋软水机", "Henuan whole-house softener", 4299, 2),
    ("cooker", "HN-RC30", "禾暖 3 升电饭煲", "Henuan 3 L rice cooker", 199, 8),
    ("cooker", "HN-RC40IH", "禾暖 4 升 IH 电饭煲", "Henuan 4 L IH rice cooker", 499, 9),
    ("cooker", "HN-RC50P", "禾暖 5 升压力电饭煲", "Henuan 5 L pressure rice cooker", 599, 5),
    ("cooker", "HN-RC16", "禾暖 1.6 升迷你电饭煲", "Henuan 1.6 L mini rice cooker", 159, 5),
    ("cooker", "HN-RC40L", "禾暖低糖电饭煲", "Henuan low-sugar rice cooker", 699, 3),
    ("vacuum", "HN-VC9", "禾暖 V9 无线吸尘器", "Henuan V9 cordless vacuum", 999, 7),
    ("vacuum", "HN-VC12", "禾暖 V12 无线吸尘器", "Henuan V12 cordless vacuum", 1699, 6),
    ("vacuum", "HN-XD5", "禾暖 X5 洗地机", "Henuan X5 wet-dry floor washer", 2299, 7),
    ("vacuum", "HN-SR8", "禾暖 S8 扫拖机器人", "Henuan S8 robot vacuum and mop", 2999, 6),
    ("vacuum", "HN-CM2", "禾暖除螨仪 M2", "Henuan M2 mite remover", 299, 4),
    ("heater", "HN-RQ13", "禾暖 13 升燃气热水器", "Henuan 13 L gas water heater", 1399, 8),
    ("heater", "HN-RQ16", "禾暖 16 升零冷水燃气热水器", "Henuan 16 L instant-hot gas water heater", 2799, 7),
    ("heater", "HN-DR60", "禾暖 60 升电热水器", "Henuan 60 L electric water heater", 1099, 7),
    ("heater", "HN-DR80", "禾暖 80 升扁桶电热水器", "Henuan 80 L slim electric water heater", 1899, 4),
    ("heater", "HN-LN200", "禾暖 200 升空气能热水器", "Henuan 200 L heat-pump water heater", 5999, 2),
    ("hood", "HN-YC20", "禾暖侧吸油烟机", "Henuan side-draft range hood", 1499, 6),
    ("hood", "HN-YD22", "禾暖顶吸油烟机", "Henuan chimney range hood", 1999, 6),
    ("hood", "HN-YS26", "禾暖 7 字变频油烟机", "Henuan inverter range hood", 2999, 5),
    ("hood", "HN-JC90", "禾暖集成灶", "Henuan integrated cooking station", 6999, 2),
    ("hood", "HN-YT18", "禾暖烟灶套装", "Henuan hood and hob set", 2699, 5),
)

PRODUCTS: tuple[Product, ...] = tuple(
    Product(
        code=code,
        line=line,
        name_zh=zh,
        name_en=en,
        line_zh=LINES[line][0],
        line_en=LINES[line][1],
        price=price,
        warranty_months=LINES[line][3],
        weight=weight,
    )
    for line, code, zh, en, price, weight in _MODELS
)
PRODUCT_BY_CODE: dict[str, Product] = {product.code: product for product in PRODUCTS}

# No I, O, S: installers read these letters out over the phone.
_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def serial_number(*, random: Random, product: Product, made_on: date) -> str:
    """Return a serial number, such as HNF25093041278Z.

    HN, letter of the line, year and month of making, plant 1-3, six digits, check letter.
    """
    letter = LINES[product.line][2]
    digits = f"{made_on:%y%m}{random.choice('123')}{random.randrange(1_000_000):06d}"
    return f"HN{letter}{digits}{check_letter(digits)}"


def check_letter(digits: str) -> str:
    """Return the check letter: the weighted digit sum (weights 1, 2, 3, ...) modulo 23."""
    total = sum(place * int(digit) for place, digit in enumerate(digits, start=1))
    return _CHECK_LETTERS[total % len(_CHECK_LETTERS)]


def is_serial_number(text: str) -> bool:
    """Whether `text` is a serial number of ours with the right check letter."""
    letters = {letter for _zh, _en, letter, _months in LINES.values()}
    shaped = (
        len(text) == len("HNF25093041278Z") and text.startswith("HN") and text[2] in letters and text[3:14].isdigit()
    )
    return shaped and check_letter(text[3:14]) == text[14]
