"""Who and what the demonstration shows. Invented, every one of them."""

from dataclasses import dataclass

DOMAIN = "demo.mitalk.example"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A professional of the demonstration."""

    login: str
    name: str
    headline: str
    organisation: str
    industry: str
    language: str
    portrait: str

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.login}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class DemoRoom:
    """A room to come."""

    title: str
    topic: str
    host: str
    language: str
    in_hours: float


INDUSTRIES = (
    ("semiconductors", "Semiconductors", "半导体", "반도체"),
    ("health", "Health", "医疗健康", "의료"),
    ("climate", "Climate and energy", "气候与能源", "기후와 에너지"),
    ("finance", "Finance and insurance", "金融与保险", "금융과 보험"),
    ("law", "Law", "法律", "법률"),
    ("software", "Software", "软件", "소프트웨어"),
    ("education", "Education", "教育", "교육"),
    ("founders", "Founding companies", "创业", "창업"),
)

TOPICS = (
    ("Supply chains", "semiconductors"),
    ("Chip packaging", "semiconductors"),
    ("Hospital IT", "health"),
    ("응급의료", "health"),
    ("Climate finance", "climate"),
    ("Grid storage", "climate"),
    ("Pricing risk", "finance"),
    ("Export controls", "law"),
    ("Live audio", "software"),
    ("开源协作", "software"),
    ("Teaching adults", "education"),
    ("第一次创业", "founders"),
)

PEOPLE = (
    DemoPerson(
        "amara", "Amara Okafor", "Process engineer, 14 years in fabs", "Delta Wafer", "semiconductors", "en", "face-2"
    ),
    DemoPerson(
        "jiwoo", "Ji-woo Han 한지우", "Supply chain lead, consumer devices", "Norang", "semiconductors", "ko", "face-3"
    ),
    DemoPerson("linwei", "Lin Wei 林薇", "Investment partner, hardware", "Qinghe Capital", "finance", "zh", "face-7"),
    DemoPerson("petra", "Petra Roth", "Actuary, floods and heat", "Harbour Re", "finance", "en", "face-9"),
    DemoPerson("seojun", "박서준", "Emergency physician who codes", "Hangang Hospital", "health", "ko", "face-4"),
    DemoPerson("zhouning", "周宁", "Founder, third company", "Xiaoman Robotics", "founders", "zh", "face-10"),
    DemoPerson("sofia", "Sofia Takács", "Trade counsel", "Takács & Mensah", "law", "en", "face-8"),
    DemoPerson("mateo", "Mateo Bravo", "Grid operator, night shift", "Red del Norte", "climate", "en", "face-6"),
)

SPEAKER = DemoPerson(
    "welcome", "MiTalk Welcome", "Reads a welcome in three languages", "MiTalk", "software", "en", "face-1"
)

WELCOME_TITLE = "Welcome to MiTalk · 欢迎 · 환영합니다"
WELCOME_TOPIC = "Live audio"

ROOMS_TO_COME = (
    DemoRoom("Chip packaging 101", "Chip packaging", "amara", "en", 0.5),
    DemoRoom("야간 응급실의 데이터: 현장에서 배운 것들", "응급의료", "seojun", "ko", 3),
    DemoRoom("Ask an actuary: pricing floods that never happened before", "Pricing risk", "petra", "en", 20),
    DemoRoom("第一次裁员：我们做错了什么", "第一次创业", "zhouning", "zh", 26),
    DemoRoom("Export controls, line by line", "Export controls", "sofia", "en", 45),
    DemoRoom("What a battery does at four in the morning", "Grid storage", "mateo", "en", 69),
)
