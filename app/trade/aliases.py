"""Headers and values as customs, statistics and border-guard files write them, in Vietnamese and English.

Compared after folding (case, diacritics and spaces do not count). Collected from VNACCS and ECUS exports, customs
monthly tables, provincial workbooks and the public BTS files; see docs/data-sources.md.
"""

import re

from app.text import fold
from app.trade.models import Dataset


def key(text: str) -> str:
    """A header or label as it is compared: folded, without punctuation."""
    return re.sub(r"[^\w%]+", " ", fold(text)).replace("_", " ").strip()


def _table(rows: dict[str, str]) -> dict[str, str]:
    """Field -> "alias|alias" becomes folded alias -> field; the field's own name is an alias too."""
    return {key(alias): name for name, typed in rows.items() for alias in (name, *typed.split("|"))}


def _codes(rows: dict[str, str]) -> dict[str, str]:
    """Code -> "word|word" becomes folded word -> code."""
    return {key(alias): code for code, typed in rows.items() for alias in typed.split("|")}


HEADER_WORDS: dict[str, dict[str, str]] = {
    Dataset.DECLARATIONS: {
        "declaration": "Số tờ khai|Số TK|SoTK|Tờ khai số|declaration_no|Declaration number|Declaration no",
        "line": "STT hàng|STT|Dòng|Dòng hàng|TT hàng|Số thứ tự dòng hàng|Số dòng|line_no|Line number|Line no",
        "date": "Ngày ĐK|Ngày TK|Ngày đăng ký|Ngày đăng kí|Ngày tờ khai|registered_at|Registration date",
        "direction": "Hướng|Chiều|Nhập/Xuất|XK/NK|XNK|Luồng hàng|Flow",
        "procedure": "Mã loại hình|Loại hình|Mã LH|MaLH|regime_code|Procedure code|Customs regime code",
        "gate": "Cửa khẩu|CK|CKQT|Cửa khẩu xuất|Cửa khẩu nhập|Cửa khẩu qua|Địa điểm dỡ hàng|Địa điểm xếp hàng"
        "|Cửa khẩu xuất nhập|Border gate|Gate name",
        "office": "Mã HQ|Mã hải quan|Mã Chi cục|Cơ quan hải quan|Tên cơ quan Hải quan|customs_office|Customs office",
        "hs": "Mã HS|HS Code|Mã số HH|Mã số hàng hóa|Mã hàng hóa|hs8|hs_code",
        "partner": "Xuất xứ|Nước XX|Nước xuất xứ|Nước|Mã nước|Thị trường|Nước đối tác|Nước nhập khẩu"
        "|origin_country|Country|Partner country",
        "value": "Trị giá NT|Trị giá nguyên tệ|Trị giá hóa đơn|Trị giá|invoice_value|Value|Trị giá (USD)",
        "currency": "Nguyên tệ|Mã NT|Loại tiền|Ngoại tệ|Đơn vị tiền tệ|Đồng tiền|invoice_currency|Currency",
        "value_vnd": "Trị giá tính thuế|TGTT|Trị giá (VND)|Trị giá tính thuế (VND)|customs_value|Customs value",
        "net_kg": "Trọng lượng (kg)|Trọng lượng tịnh|Trọng lượng|Khối lượng|Khối lượng (kg)|Trọng lượng dòng"
        "|Lượng 2|Trọng lượng tịnh (kg)|Net weight|net_weight|Net kg",
        "gross_kg": "Tổng trọng lượng hàng (Gross)|Trọng lượng cả bì|Gross weight|gross_weight|Gross kg",
        "quantity": "Tổng số lượng|Số lượng|Số lượng (1)|Lượng|SL|qty1|Quantity",
        "unit": "Đơn vị tính|ĐVT|DVT|Đơn vị tính (1)|unit1|Unit",
        "tax_code": "Mã số thuế|MST|Mã doanh nghiệp|Mã DN|Mã người NK|Mã người XK|importer_code|Tax code",
        "cancelled": "Trạng thái|Tình trạng|Trạng thái tờ khai|status|Status",
    },
    Dataset.CROSSINGS: {
        "gate": "Cửa khẩu|CK|CKQT|Tên cửa khẩu|Đồn BPCK|Port|Port name|Border gate",
        "period": "Ngày|Ngày tháng|Thời gian|Tháng|Kỳ|Date|Month|Day",
        "year": "Năm|Year",
        "direction": "Hướng|Chiều|Xuất/Nhập cảnh|Direction",
        "measure": "Loại|Loại phương tiện|Chỉ tiêu|Phương tiện|Đối tượng|Measure|Type",
        "count": "Số lượt|Lượt|Số lượng|Lượt xe|Lượt người|Số lượt phương tiện|Value|Count|Number",
    },
    Dataset.SUMMARIES: {
        "gate": "Cửa khẩu|CK|CKQT|Gate|Border gate|Port",
        "period": "Kỳ|Tháng|Thời gian|Kỳ báo cáo|Period|Month",
        "year": "Năm|nam|Year",
        "direction": "Hướng|Nhập/Xuất|XK/NK|Chiều|XNK|Direction|Flow",
        "hs": "Mã HS|HS|Chương|Chương HS|Nhóm HS|HS Code|hs2|hs4|hs6|hs8|Chapter",
        "partner": "Thị trường|Nước|Đối tác|Nước đối tác|Partner|Country",
        "value": "Kim ngạch|Trị giá|Giá trị|Trị giá (USD)|Kim ngạch (USD)|Kim ngạch (triệu USD)|Kim ngạch (tr.USD)"
        "|KN XNK|Trị giá (1000 USD)|Nghìn USD|Value|Value (USD)",
        "currency": "Đơn vị|Đồng tiền|Nguyên tệ|Currency",
        "net_kg": "Trọng lượng|Trọng lượng (kg)|Lượng (Tấn)|Khối lượng|Khối lượng (tấn)|Net weight|Weight",
        "status": "Trạng thái|Tình trạng số liệu|Loại số liệu|Status",
    },
    Dataset.RATES: {
        "date": "Ngày|Ngày áp dụng|Date|Day",
        "currency": "Mã NT|Ngoại tệ|Đồng tiền|Nguyên tệ|Mã ngoại tệ|Currency",
        "rate": "Lần cuối|Tỷ giá|Tỷ giá tính thuế|Tỷ giá hạch toán|Mua chuyển khoản|Bán|Close|Price|Rate|usd_vnd",
    },
}
HEADERS = {dataset: _table(rows) for dataset, rows in HEADER_WORDS.items()}

DIRECTION_WORDS = {
    "export": "export|exports|XK|X|Xuất|Xuất khẩu|E|xuat khau",
    "import": "import|imports|NK|N|Nhập|Nhập khẩu|I|M",
    "transit": "transit|QC|Quá cảnh|T",
    "out": "out|Xuất cảnh|XC|outbound",
    "in": "in|Nhập cảnh|NC|inbound",
    "both": "both|Hai chiều|Cả hai|two-way|Xuất nhập cảnh|XNC",
}
DIRECTIONS = _codes(DIRECTION_WORDS)

MEASURE_WORDS = {
    "truck": "truck|trucks|Xe tải|Ô tô tải|Xe tải các loại",
    "container_loaded": "container_loaded|Truck Containers Loaded|Truck Containers Full|Container có hàng"
    "|Xe container có hàng",
    "container_empty": "container_empty|Truck Containers Empty|Container rỗng|Xe container rỗng|Container không hàng",
    "container": "container|containers|Xe container|Xe cont|Công-ten-nơ",
    "bus": "bus|buses|coach|coaches|Xe khách|Xe buýt|Ô tô khách",
    "bus_passenger": "bus_passenger|Bus Passengers|Khách đi xe khách",
    "car": "car|cars|Personal Vehicles|Xe con|Xe dưới 9 chỗ|Ô tô con|Xe con dưới 9 chỗ",
    "car_passenger": "car_passenger|Personal Vehicle Passengers|Người đi xe con",
    "motorbike": "motorbike|motorbikes|Xe máy|Xe mô tô|Xe thô sơ|Xe máy xe thô sơ",
    "train": "train|trains|Tàu hỏa|Tàu",
    "train_passenger": "train_passenger|Train Passengers|Khách đi tàu",
    "rail_container_loaded": "rail_container_loaded|Rail Containers Loaded|Rail Containers Full"
    "|Truck/Rail Containers Full",
    "rail_container_empty": "rail_container_empty|Rail Containers Empty",
    "pedestrian": "pedestrian|pedestrians|Người đi bộ",
    "person": "person|persons|people|Người|Lượt người|Hành khách|Khách|Tổng số người|Số người",
    "vehicle": "vehicle|vehicles|Phương tiện|Lượt PT|Lượt phương tiện|Tổng phương tiện|Lượt xe",
    "fee_vehicle": "fee_vehicle|Lượt phương tiện chịu phí|Lượt PT chịu phí",
    "resident": "resident|residents|Cư dân biên giới|CDBG|Cư dân BG",
}
MEASURES = _codes(MEASURE_WORDS)

# Border-guard sheets have one column per kind: header -> (measure, direction)
WIDE_MEASURES = {
    **{alias: (code, "") for alias, code in MEASURES.items() if len(alias) > 3},
    **{
        key(alias): (measure, way)
        for (measure, way), typed in {
            ("person", "out"): "Người xuất cảnh|Xuất cảnh (người)|Người XC",
            ("person", "in"): "Người nhập cảnh|Nhập cảnh (người)|Người NC",
            ("vehicle", "out"): "Phương tiện xuất cảnh|PT xuất cảnh|Phương tiện XC",
            ("vehicle", "in"): "Phương tiện nhập cảnh|PT nhập cảnh|Phương tiện NC",
        }.items()
        for alias in typed.split("|")
    },
}

STATUS_WORDS = {
    "estimate": "estimate|Ước|Ước tính|Ước tháng|E",
    "preliminary": "preliminary|Sơ bộ|P",
    "adjusted": "adjusted|Điều chỉnh|DC|R",
    "official": "official|Chính thức|CT|A",
    "official_adjusted": "official_adjusted|Điều chỉnh chính thức|Chính thức điều chỉnh|DCCT",
}
STATUSES = _codes(STATUS_WORDS)

# Gate labels drop these prefixes before they are compared with names and aliases
GATE_PREFIX = re.compile(
    r"^(?:chi cuc )?(?:hq ?ck ?qt|hqck|hai quan cua khau|cua khau quoc te|cua khau chinh|cua khau phu|cua khau"
    r"|ckqt|ckc|ckp|ck chinh|ck phu|ck|loi mo)(?: quoc te| chinh| phu)? "
)
PROVINCE_LABELS = {
    key(text) for text in ("Toàn tỉnh", "Tỉnh Tây Ninh", "Tây Ninh", "province", "Cả tỉnh", "Tổng tỉnh")
}
CANCELLED = re.compile(r"\bhuy\b|cancel")

# value in a header or a unit column -> (currency, how many)
MONEY_UNITS = {
    key(alias): unit
    for unit, typed in {
        ("USD", 1): "USD|đô la Mỹ|$|US$",
        ("USD", 1_000): "1000 USD|nghìn USD|ngàn USD|thousand USD|kUSD",
        ("USD", 1_000_000): "triệu USD|tr.USD|tr USD|million USD|trieu_usd|mio USD",
        ("USD", 1_000_000_000): "tỷ USD|tỉ USD|billion USD",
        ("VND", 1): "VND|VNĐ|đồng|đ|dong",
        ("VND", 1_000_000): "triệu đồng|triệu VND|tr.đồng",
        ("VND", 1_000_000_000): "tỷ đồng|tỉ đồng|tỷ VND",
        ("KHR", 1): "KHR|riel|riên",
    }.items()
    for alias in typed.split("|")
}
CURRENCIES = ("USD", "VND", "KHR", "CNY", "THB", "EUR", "JPY", "KRW", "SGD", "LAK", "GBP", "AUD", "HKD", "TWD", "MYR")
COUNTRIES = {
    key(alias): code
    for code, typed in {
        "KH": "Campuchia|Cam-pu-chia|Căm-pu-chia|CPC|Cambodia|Kampuchea|KHM|កម្ពុជា",
        "VN": "Việt Nam|Vietnam|VNM|Nội địa",
        "US": "Hoa Kỳ|Mỹ|USA|United States",
        "CN": "Trung Quốc|China|CHN",
        "KR": "Hàn Quốc|Korea|South Korea|KOR",
        "TH": "Thái Lan|Thailand|THA",
        "JP": "Nhật Bản|Nhật|Japan|JPN",
        "LA": "Lào|Laos|LAO",
        "TW": "Đài Loan|Taiwan",
        "HK": "Hồng Kông|Hong Kong",
        "GB": "Anh|United Kingdom|UK",
        "DE": "Đức|Germany",
        "RU": "Nga|Russia",
        "CA": "Canada|1220",
        "MX": "Mexico|Mê-hi-cô|2010",
        "SG": "Singapore|Xin-ga-po",
        "MY": "Malaysia|Ma-lai-xi-a",
        "ID": "Indonesia|In-đô-nê-xi-a",
        "IN": "Ấn Độ|India",
        "NL": "Hà Lan|Netherlands",
        "AU": "Úc|Ô-xtrây-li-a|Australia",
    }.items()
    for alias in typed.split("|")
}
UNKNOWN_PARTNER = "XX"
