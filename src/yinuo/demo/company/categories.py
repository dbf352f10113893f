"""What customers of the demo company ask about, with the words that stand in such questions and the team for each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A category; `words` in both languages, `team` a code."""

    code: str
    name_zh: str
    name_en: str
    team: str
    words: str


CATEGORIES: tuple[Category, ...] = (
    Category(
        "repair",
        "报修与故障",
        "Repair",
        "repair",
        "漏水 不制冷 不制热 不热 异响 噪音 报错 故障 坏了 打不着火 不出水 跳闸 维修 师傅上门 "
        "leak broken repair noise error fault cooling heating drip",
    ),
    Category(
        "delivery",
        "配送与安装",
        "Delivery and installation",
        "delivery",
        "配送 送货 发货 物流 快递 安装 预约 送到 没收到货 改地址 delivery deliver shipping install arrive courier",
    ),
    Category(
        "returns",
        "退换货与退款",
        "Returns and refunds",
        "returns",
        "退货 换货 退款 退钱 划痕 凹陷 不想要 拒收 七天无理由 return refund exchange scratch dent",
    ),
    Category("invoice", "发票", "Invoices", "invoices", "发票 抬头 税号 专票 普票 报销 invoice tax receipt reissue"),
    Category(
        "parts",
        "滤芯与配件",
        "Filters and parts",
        "parts",
        "滤芯 配件 遥控器 耗材 更换周期 胶圈 filter part remote accessory",
    ),
    Category(
        "complaint",
        "投诉与建议",
        "Complaints and ideas",
        "complaints",
        "投诉 态度 差评 骗 乱收费 迟到 不满 建议 曝光 complaint rude unacceptable late overcharged suggestion",
    ),
)
