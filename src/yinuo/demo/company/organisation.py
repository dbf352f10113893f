"""Who works at the demo company: departments, regions, teams and forty people."""

from yinuo.demo.company.values import Department, Place, Region, Staff, Team

COMPANY_NAME_ZH = "禾暖家电"
COMPANY_NAME_EN = "Henuan Appliances"
# Reserved for examples by RFC 2606: mail to it can never reach a stranger.
COMPANY_DOMAIN = "henuan.example"
SERVICE_MAIL = "service@henuan.example"
ENGLISH_MAIL = "help@henuan.example"
# The block 400-000 is not given out.
HOTLINE = "400-000-0912"

DEPARTMENTS: tuple[Department, ...] = (
    Department("service", "客户服务部", "Customer Service"),
    Department("technical", "售后技术部", "After-sales Technology"),
    Department("logistics", "物流配送部", "Logistics and Delivery"),
    Department("finance", "财务结算部", "Finance and Settlement"),
    Department("quality", "品质部", "Quality"),
    Department("sales", "渠道与电商部", "Channels and E-commerce"),
)


def _places(*rows: tuple[str, str, str, str, str, int]) -> tuple[Place, ...]:
    return tuple(
        Place(province, city, en, code, tuple(districts.split()), weight)
        for province, city, en, code, districts, weight in rows
    )


REGIONS: tuple[Region, ...] = (
    Region(
        "east",
        "华东",
        "East China",
        _places(
            ("上海市", "上海", "Shanghai", "021", "浦东新区 闵行区 徐汇区 杨浦区 宝山区 静安区", 12),
            ("浙江省", "杭州", "Hangzhou", "0571", "西湖区 余杭区 滨江区 萧山区 拱墅区", 10),
            ("浙江省", "宁波", "Ningbo", "0574", "鄞州区 海曙区 北仑区", 4),
            ("江苏省", "南京", "Nanjing", "025", "鼓楼区 江宁区 秦淮区 浦口区", 6),
            ("江苏省", "苏州", "Suzhou", "0512", "姑苏区 吴中区 虎丘区 吴江区", 6),
            ("安徽省", "合肥", "Hefei", "0551", "蜀山区 包河区 庐阳区", 4),
            ("山东省", "青岛", "Qingdao", "0532", "市南区 崂山区 黄岛区", 4),
        ),
    ),
    Region(
        "north",
        "华北",
        "North China",
        _places(
            ("北京市", "北京", "Beijing", "010", "朝阳区 海淀区 丰台区 通州区 大兴区", 11),
            ("天津市", "天津", "Tianjin", "022", "南开区 河西区 滨海新区", 4),
            ("河北省", "石家庄", "Shijiazhuang", "0311", "长安区 裕华区 桥西区", 3),
            ("山西省", "太原", "Taiyuan", "0351", "小店区 迎泽区", 2),
            ("辽宁省", "沈阳", "Shenyang", "024", "和平区 铁西区 浑南区", 3),
            ("黑龙江省", "哈尔滨", "Harbin", "0451", "南岗区 道里区", 2),
        ),
    ),
    Region(
        "south",
        "华南",
        "South China",
        _places(
            ("广东省", "广州", "Guangzhou", "020", "天河区 番禺区 白云区 海珠区", 8),
            ("广东省", "深圳", "Shenzhen", "0755", "南山区 福田区 龙岗区 宝安区", 9),
            ("广东省", "佛山", "Foshan", "0757", "禅城区 南海区 顺德区", 4),
            ("福建省", "厦门", "Xiamen", "0592", "思明区 湖里区 集美区", 3),
            ("广西壮族自治区", "南宁", "Nanning", "0771", "青秀区 西乡塘区", 2),
            ("海南省", "海口", "Haikou", "0898", "龙华区 美兰区", 1),
        ),
    ),
    Region(
        "southwest",
        "西南",
        "Southwest China",
        _places(
            ("四川省", "成都", "Chengdu", "028", "锦江区 武侯区 双流区 青羊区 郫都区", 8),
            ("重庆市", "重庆", "Chongqing", "023", "渝北区 江北区 沙坪坝区 南岸区", 6),
            ("云南省", "昆明", "Kunming", "0871", "五华区 盘龙区 官渡区", 3),
            ("贵州省", "贵阳", "Guiyang", "0851", "南明区 观山湖区", 2),
        ),
    ),
)

TEAMS: tuple[Team, ...] = (
    Team("vip", "尊享组", "VIP desk", "service", "always", "vip@henuan.example"),
    Team("hotline", "热线组", "Hotline", "service", "service"),
    Team("mail", "邮件与在线一线", "Mail and web desk", "service", "service", SERVICE_MAIL),
    Team("english", "英语服务台", "English desk", "service", "service", ENGLISH_MAIL),
    Team("complaints", "投诉处理组", "Complaints", "service", "service"),
    Team("safety", "安全值守", "Safety watch", "technical", "always"),
    Team("repair", "安装维修调度", "Installation and repair dispatch", "technical", "service"),
    Team("parts", "配件与滤芯", "Parts and filters", "technical", "service"),
    Team("returns", "退换货组", "Returns and exchanges", "logistics", "service"),
    Team("delivery", "配送跟单", "Delivery tracking", "logistics", "service"),
    Team("invoices", "发票组", "Invoices", "finance", "office", "invoice@henuan.example"),
    Team("refunds", "退款结算组", "Refunds", "finance", "office"),
    Team("quality", "服务质量组", "Service quality", "quality", "office"),
    Team("shop", "会员与活动组", "Members and campaigns", "sales", "service"),
    Team("business", "企业客户组", "Business customers", "sales", "office", "b2b@henuan.example"),
)
TEAM_BY_CODE: dict[str, Team] = {team.code: team for team in TEAMS}

# login, zh, en, post zh, post en, role, team, region, shift, capacity, languages, skills
_PEOPLE = """
chen|陈晓岚|Chen Xiaolan|客服专员|Service agent|agent|mail|east|early|30|zh en|mail:5 repair:3 invoice:2 english:2
zhou|周敏|Zhou Min|一线组长|Front-line team leader|team_leader|mail|east|day|12|zh en|mail:5 complaint:5 repair:4
zhao|赵立群|Zhao Liqun|服务质量经理|Service quality manager|quality_manager|quality|east|day|8|zh en|quality:5 complaint:4
admin|沈一帆|Shen Yifan|系统管理员|System administrator|administrator|quality|east|day|4|zh en|system:5
analyst|方知行|Fang Zhixing|服务数据分析师|Service data analyst|analyst|quality|east|day|4|zh en|analysis:5
grace|何嘉怡|Grace He|英语客服专员|English desk agent|agent|english|south|early|30|en zh|english:5 mail:4 repair:3
daniel|林博文|Daniel Lin|英语客服专员|English desk agent|agent|english|east|late|28|en zh|english:5 mail:3 invoice:3
sunyue|孙悦|Sun Yue|尊享客服专员|VIP agent|agent|vip|east|early|18|zh en|vip:5 mail:4 repair:4
luoting|罗婷|Luo Ting|尊享客服专员|VIP agent|agent|vip|south|late|18|zh|vip:4 complaint:3 mail:4
weijie|魏杰|Wei Jie|尊享夜班专员|VIP night agent|agent|vip|north|night|15|zh en|vip:4 hotline:4 safety:3
hanxue|韩雪梅|Han Xuemei|尊享组长|VIP team leader|team_leader|vip|east|day|8|zh en|vip:5 complaint:5
wufang|吴芳|Wu Fang|热线专员|Hotline agent|agent|hotline|east|early|28|zh|hotline:5 repair:3
majun|马俊|Ma Jun|热线专员|Hotline agent|agent|hotline|north|late|28|zh|hotline:4 repair:2
tangli|唐丽|Tang Li|热线专员|Hotline agent|agent|hotline|southwest|early|26|zh|hotline:3 delivery:2
dengchao|邓超群|Deng Chaoqun|热线组长|Hotline team leader|team_leader|hotline|southwest|day|10|zh|hotline:5 complaint:4
xujing|徐静|Xu Jing|邮件专员|Mail agent|agent|mail|east|late|30|zh|mail:4 returns:3
gaopeng|高鹏|Gao Peng|邮件专员|Mail agent|agent|mail|north|early|30|zh|mail:3 repair:3
zhengyu|郑宇|Zheng Yu|在线专员|Web desk agent|agent|mail|south|late|30|zh en|mail:3 app:4 english:3
liangbo|梁波|Liang Bo|维修调度员|Dispatcher|agent|repair|south|early|40|zh|repair:5 install:4
songwei|宋伟|Song Wei|维修调度员|Dispatcher|agent|repair|north|late|40|zh|repair:4 install:5
xiehong|谢红|Xie Hong|维修调度员|Dispatcher|agent|repair|east|early|40|zh|repair:4 install:3
pengtao|彭涛|Peng Tao|维修调度员|Dispatcher|agent|repair|southwest|late|40|zh|repair:3 install:4
caoning|曹宁|Cao Ning|调度组长|Dispatch team leader|team_leader|repair|east|day|12|zh|repair:5 install:5 complaint:3
yuanye|袁野|Yuan Ye|安全值守工程师|Safety engineer|agent|safety|east|early|12|zh en|safety:5 repair:5
dongqi|董琦|Dong Qi|安全值守工程师|Safety engineer|agent|safety|north|late|12|zh en|safety:4 repair:5
yubin|于斌|Yu Bin|安全值守夜班|Safety night engineer|agent|safety|south|night|12|zh en|safety:4 repair:4
fengjia|冯佳|Feng Jia|配件专员|Parts agent|agent|parts|east|early|32|zh|parts:5 filter:5
caimeng|蔡萌|Cai Meng|滤芯会员专员|Filter plan agent|agent|parts|south|late|30|zh|parts:3 filter:4
jianglan|蒋兰|Jiang Lan|退换货专员|Returns agent|agent|returns|east|early|32|zh|returns:5 refund:3
duhao|杜浩|Du Hao|退换货专员|Returns agent|agent|returns|southwest|late|32|zh|returns:4 delivery:3
yelin|叶琳|Ye Lin|配送跟单员|Delivery agent|agent|delivery|east|early|36|zh|delivery:5
renjie|任杰|Ren Jie|配送跟单员|Delivery agent|agent|delivery|north|late|36|zh|delivery:4 returns:2
shiyun|石云|Shi Yun|发票专员|Invoice agent|agent|invoices|east|day|36|zh|invoice:5
taoran|陶然|Tao Ran|发票专员|Invoice agent|agent|invoices|south|day|36|zh en|invoice:4 english:2
panrui|潘蕊|Pan Rui|退款结算员|Refund clerk|agent|refunds|east|day|36|zh|refund:5 invoice:3
qinfeng|秦峰|Qin Feng|投诉专员|Complaints agent|agent|complaints|east|early|16|zh|complaint:5 repair:3
baixue|白雪|Bai Xue|投诉专员|Complaints agent|agent|complaints|southwest|late|16|zh|complaint:4 returns:3
liaokai|廖凯|Liao Kai|会员活动专员|Member agent|agent|shop|south|early|34|zh|shop:5 app:3
mengyao|孟瑶|Meng Yao|企业客户经理|Business account manager|agent|business|east|day|24|zh en|business:5 invoice:3 english:3
anda|黄安达|Huang Anda|安达维修主管（服务商）|Supervisor of a service partner|partner|repair|southwest|early|20|zh|repair:4 install:4
"""  # noqa: E501 - one person a line reads best


def _person(row: str) -> Staff:
    login, zh, en, post_zh, post_en, role, team, region, shift, capacity, languages, skills = row.split("|")
    levels = (pair.split(":") for pair in skills.split())
    return Staff(
        login=login,
        name_zh=zh,
        name_en=en,
        post_zh=post_zh,
        post_en=post_en,
        role=role,
        department=TEAM_BY_CODE[team].department,
        team=team,
        region=region,
        shift=shift,
        capacity=int(capacity),
        languages=tuple(languages.split()),
        skills={code: int(level) for code, level in levels},
    )


STAFF: tuple[Staff, ...] = tuple(_person(row) for row in _PEOPLE.strip().splitlines())
STAFF_BY_LOGIN: dict[str, Staff] = {person.login: person for person in STAFF}
