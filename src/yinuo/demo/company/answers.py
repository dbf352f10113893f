"""The canned answers of the demo company, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A canned answer. team: the code of the team whose it is; empty: everybody's."""

    name: str
    shortcut: str
    text_zh: str
    text_en: str
    team: str = ""


ANSWERS: tuple[Answer, ...] = (
    Answer(
        "收到，正在处理",
        "收到",
        "{customer}您好，您的问题我们已经收到，单号 {reference}。我是{agent}，由我负责到底，最迟 {due} 给您答复。",
        "Hello {customer}, we have your request; its number is {reference}. I am {agent} and I will see it through. "
        "You will hear from me by {due} at the latest.",
    ),
    Answer(
        "请提供序列号",
        "序列号",
        "为了准确查询您的 {product}，请告诉我机身铭牌上以 HN 开头的序列号，拍一张照片也可以。"
        "铭牌一般在机身背面或侧面下方。",
        "To look up your {product} I need its serial number. It begins with HN and stands on the plate at the back or "
        "low on the side. A photo of it will do.",
    ),
    Answer(
        "请发照片或视频",
        "照片",
        "请拍一张能看清故障部位的照片，最好再录一段十秒左右的视频，直接回复这封邮件即可。这样师傅可以带对配件，一次修好。",
        "Please send a photo of the fault and, if you can, a video of about ten seconds. Just answer this mail. The "
        "technician can then bring the right part and repair it in one visit.",
    ),
    Answer(
        "漏水先关水阀",
        "漏水",
        "请先关闭进水阀并拔下电源，水渍处请勿触碰插座。我们马上为您安排师傅，最迟 {due} 与您确认上门时间。",
        "Please close the water tap and unplug the appliance first, and do not touch sockets where it is wet. We are "
        "arranging a technician and will confirm the time of the visit by {due}.",
        team="safety",
    ),
    Answer(
        "预约上门",
        "上门",
        "{customer}您好，请回复您方便的两个时间段（每天 9:00–12:00 或 13:00–18:00），"
        "我们按您的时间安排师傅上门，出发前会先给您打电话。",
        "Hello {customer}, please name two times that suit you, any day from 9:00 to 12:00 or 13:00 to 18:00. The "
        "technician comes at one of them and phones before setting out.",
        team="repair",
    ),
    Answer(
        "配件已寄出",
        "配件",
        "您需要的配件今天已经寄出，一般两到三天送达。装好以后如有任何问题，直接回复即可，单号 {reference}。",
        "The part you need went out today and usually takes two to three days. If anything is not right once it is "
        "fitted, just answer; the number is {reference}.",
        team="parts",
    ),
    Answer(
        "滤芯更换周期",
        "滤芯",
        "{product} 的滤芯建议每 6 到 12 个月更换一次，水质较硬的地区请取较短的时间。"
        "更换后请长按复位键三秒，指示灯变绿即可。",
        "We recommend a new filter for your {product} every 6 to 12 months, sooner where the water is hard. Then hold "
        "the reset key for three seconds until the light turns green.",
        team="parts",
    ),
    Answer(
        "退货说明",
        "退货",
        "签收后七天内可以无理由退货，请保留原包装和附件。我们收到并验货后三个工作日内原路退款。是否现在为您登记取件？",
        "You may return it within seven days of delivery; please keep the packaging and what came with it. We refund "
        "within three working days of checking it. Shall I book the collection?",
        team="returns",
    ),
    Answer(
        "退款已提交",
        "退款",
        "您的退款已经提交，一般三到五个工作日到账，按原支付方式退回。单号 {reference}，请留意账户变动。",
        "Your refund is under way and usually arrives within three to five working days, by the way you paid. The "
        "number is {reference}.",
        team="refunds",
    ),
    Answer(
        "电子发票",
        "发票",
        "电子发票已发送到您留下的邮箱，请同时看一下垃圾邮件。如需更改抬头或税号，请在本月内告诉我们。",
        "The electronic invoice has gone to your mail address; please look into the spam folder as well. Tell us "
        "within this month if its title or tax number must change.",
        team="invoices",
    ),
    Answer(
        "致歉并说明",
        "抱歉",
        "{customer}您好，这次没有按承诺的时间答复您，非常抱歉。您的问题由我负责，最新进展我会在 {due} 之前告诉您。",
        "Hello {customer}, we did not answer you by the time we had promised, and I am sorry. I look after your "
        "request myself and will tell you how it stands by {due}.",
    ),
    Answer(
        "确认已解决",
        "解决",
        "{customer}您好，问题解决了吗？如果没有其他需要，我就为您结案；"
        "以后再遇到，直接回复即可重新开启，单号 {reference}。",
        "Hello {customer}, is everything in order now? If so I will close the case; should it come back, just answer "
        "and it opens again. The number is {reference}.",
    ),
)
