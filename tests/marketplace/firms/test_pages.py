"""Firms over the web: registering, the public page, and what only an owner does."""

import pytest
from sqlalchemy import select

from app.accounts.models import Membership
from app.marketplace.firms.models import Firm

FACTS = {
    "name_vi": "Công ty Thử",
    "country": "VN",
    "tax_code": "39 922.00445",
    "address": "1 Đường Thử, Trảng Bàng",
}
FORM = FACTS | {"phone": "0276 3822 233"}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def stored(session, firm: Firm) -> None:
    """Read again what requests have written, and end the transaction so that they can write more."""
    session.refresh(firm)
    session.commit()


def role_of(session, person_id: int) -> str | None:
    member = session.get(Membership, person_id, populate_existing=True)
    session.commit()
    return member.role if member else None


@pytest.fixture
def firm(make):
    return make.firm(
        slug="hang-thu", name_vi="Hãng Thử", name_en="Test Firm", tax_code="3992200445", address="Trảng Bàng",
        bank_name="Bank", bank_account="1234567", bank_holder="Hãng Thử",
    )  # fmt: skip


def test_a_person_registers_a_firm_and_owns_it(client, make, sign_in, session) -> None:
    person = make.person()
    answer = sign_in(client, person).post("/vi/seller/register", data=FORM)
    firm = session.scalar(select(Firm))
    assert answer.location == "/vi/seller/"
    assert (firm.tax_code, firm.state) == ("3992200445", "pending")
    assert role_of(session, person.id) == "owner"
    assert client.get("/vi/seller/register").status_code == 302


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"tax_code": "3992200446"}, "tax_code", "Mã số thuế không hợp lệ"),
        ({"tax_code": "197449008"}, "tax_code", "0197449008"),
        ({"country": "KH", "tax_code": "3992200445"}, "tax_code", "K001-123456789"),
        ({"name_vi": ""}, "name_vi", ""),
        ({"phone": "x"}, "phone", "Ghi số điện thoại"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_the_rest_is_kept(client, make, sign_in, change, field, said) -> None:
    answer = sign_in(client, make.person()).post("/vi/seller/register", data=FORM | change)
    assert answer.status_code == 422
    assert f"f-{field}-error" in text(answer)
    assert said in text(answer)
    assert 'value="1 Đường Thử, Trảng Bàng"' in text(answer)


def test_a_tax_code_in_use_is_refused_without_saying_whose(client, make, sign_in, firm) -> None:
    answer = sign_in(client, make.person()).post("/vi/seller/register", data=FORM)
    assert answer.status_code == 422
    assert "với mã số thuế này đã đăng ký" in text(answer)
    assert "Hãng Thử" not in text(answer)


def test_the_public_page_shows_what_was_verified_and_not_the_bank_account(client, make, firm) -> None:
    make.product(firm=firm, gates=("moc-bai",))
    make.product(firm=firm, gates=("xa-mat",), state="draft")
    page = text(client.get("/en/firms/hang-thu"))
    for shown in ("Test Firm", "Hãng Thử", "3992200445", "Trảng Bàng", "/en/?firm=hang-thu", "gate-moc-bai"):
        assert shown in page
    assert "gate-xa-mat" not in page
    assert "1234567" not in page


@pytest.mark.parametrize(("state", "status"), [("pending", 404), ("rejected", 404), ("suspended", 200)])
def test_only_firms_that_were_verified_have_a_public_page(client, make, state, status) -> None:
    make.firm(slug="f", state=state)
    assert client.get("/vi/firms/f").status_code == status


def test_an_owner_changes_profile_bank_and_registered_facts(client, make, sign_in, session, firm) -> None:
    sign_in(client, make.member(firm))
    bank = {"bank_name": "B", "bank_account": "99 88 77", "bank_holder": "H"}
    assert client.post("/vi/seller/firm/bank", data=bank).status_code == 303
    profile = {"name_km": "ក្រុមហ៊ុន", "phone": "012345678"}
    assert client.post("/vi/seller/firm/profile", data=profile).status_code == 303
    stored(session, firm)
    assert (firm.bank_account, firm.name_km, firm.name_en, firm.state) == ("99 88 77", "ក្រុមហ៊ុន", None, "verified")
    assert client.post("/vi/seller/firm/registration", data=FACTS).status_code == 303
    stored(session, firm)
    assert (firm.name_vi, firm.state) == ("Công ty Thử", "pending")
    assert client.get("/vi/seller/firm").status_code == 200


def test_a_mistake_on_the_firm_page_keeps_what_was_typed(client, make, sign_in, session, firm) -> None:
    sign_in(client, make.member(firm))
    answer = client.post("/vi/seller/firm/bank", data={"bank_name": "Kept", "bank_account": "?", "bank_holder": "H"})
    assert answer.status_code == 422
    assert 'value="Kept"' in text(answer)
    wrong = client.post("/vi/seller/firm/registration", data=FACTS | {"tax_code": "1"})
    assert wrong.status_code == 422
    stored(session, firm)
    assert (firm.bank_account, firm.tax_code) == ("1234567", "3992200445")


def test_staff_see_the_firm_and_change_nothing(client, make, sign_in, session, firm) -> None:
    owner, staff = make.member(firm), make.member(firm, role="staff")
    sign_in(client, staff)
    page = text(client.get("/vi/seller/firm"))
    assert "Hãng Thử" in page
    assert 'action="/vi/seller/firm/bank"' not in page
    posts = {
        "bank": {"bank_name": "B", "bank_account": "666666", "bank_holder": "H"},
        "profile": {"phone": "012345678"},
        "registration": FACTS,
        "staff": {"email": "x@test.example"},
        f"staff/{owner.id}/remove": {},
        "invitations/1/withdraw": {},
    }
    answers = {path: client.post(f"/vi/seller/firm/{path}", data=data).status_code for path, data in posts.items()}
    assert answers == dict.fromkeys(posts, 403)
    stored(session, firm)
    assert firm.bank_account == "1234567"


def test_somebody_is_invited_accepts_and_is_removed_again(client, make, sign_in, session, firm) -> None:
    owner, person = make.member(firm), make.person()
    sign_in(client, owner)
    client.post("/vi/seller/firm/staff", data={"email": person.email})
    assert person.email in text(client.get("/vi/seller/firm"))
    refused = client.post("/vi/seller/firm/staff", data={"email": "nobody@test.example"})
    assert refused.status_code == 422
    assert "f-invite-error" in text(refused)
    sign_in(client, person)
    welcome = text(client.get("/vi/seller/"))
    assert "Hãng Thử" in welcome
    number = welcome.partition("/vi/seller/invitations/")[2].partition("/")[0]
    client.post(f"/vi/seller/invitations/{number}/accept")
    assert role_of(session, person.id) == "staff"
    sign_in(client, owner)
    client.post(f"/vi/seller/firm/staff/{person.id}/remove")
    assert role_of(session, person.id) is None


def test_staff_leave_by_themselves(client, make, sign_in, session, firm) -> None:
    staff = make.member(firm, role="staff")
    sign_in(client, staff).post("/vi/seller/firm/leave")
    assert role_of(session, staff.id) is None
