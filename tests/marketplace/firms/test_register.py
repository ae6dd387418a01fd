"""Registering a firm and keeping its facts: one tax code once, and nothing verified changes unseen."""

import pytest
from sqlalchemy import select

from app.accounts.models import AuditEntry, Mail, Membership, PersonRole
from app.marketplace.firms import members, register
from app.marketplace.firms.models import Firm
from app.marketplace.firms.tax_codes import WrongTaxCode
from app.signin_state import caller_of

FACTS = {
    "name_vi": "Công ty Bánh tráng Thử",
    "country": "VN",
    "tax_code": "3992200445",
    "address": "1 Đường Thử, Trảng Bàng",
    "name_en": "Thu Rice Paper",
    "name_km": None,
    "phone": "0276 3822 233",
    "email": "",
}


@pytest.fixture
def who(session, make):
    return caller_of(session, make.person(language="en").id)


def actions(session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_registered_firm_waits_and_the_person_owns_it(session, who) -> None:
    firm = register.register(session, who, FACTS)
    member = session.get(Membership, who.id)
    assert (firm.state, firm.slug, firm.tax_code) == ("pending", "cong-ty-banh-trang-thu", "3992200445")
    assert (member.firm_id, member.role) == (firm.id, "owner")
    assert session.get(PersonRole, (who.id, "seller"))
    assert actions(session) == ["firm.registered"]
    assert session.scalar(select(Mail.recipient)) == who.email


def test_a_tax_code_is_registered_once_and_whose_it_is_stays_untold(session, make, who) -> None:
    make.firm(name_vi="Bí mật", tax_code="3992200445")
    with pytest.raises(register.TaxCodeTaken) as refused:
        register.register(session, who, {**FACTS, "tax_code": "3992200445 "})
    assert "Bí mật" not in refused.value.text()
    assert refused.value.details == {}
    assert session.get(Membership, who.id) is None


def test_the_same_digits_in_another_country_are_another_code(session, make, who) -> None:
    make.firm(country="KH", tax_code="3992200445")
    assert register.register(session, who, FACTS).id


def test_a_wrong_tax_code_is_refused_by_the_verb_too(session, who) -> None:
    with pytest.raises(WrongTaxCode):
        register.register(session, who, FACTS | {"tax_code": "3992200446"})


def test_one_firm_a_person(session, make, who) -> None:
    register.register(session, who, FACTS)
    with pytest.raises(members.AlreadyInAFirm):
        register.register(session, who, FACTS | {"tax_code": "3994041198"})


def test_a_khmer_only_name_gets_a_slug_of_its_own(session, who) -> None:
    facts = FACTS | {"name_vi": "ស្រែថ្មី", "name_en": None, "country": "KH", "tax_code": "K001-123456789"}
    assert register.register(session, who, facts).slug == "firm"


def test_a_khmer_name_with_an_english_one_gets_its_slug(session, who) -> None:
    facts = FACTS | {"name_vi": "ស្រែថ្មី", "name_en": "Srae Thmey", "country": "KH", "tax_code": "K001-123456789"}
    assert register.register(session, who, facts).slug == "srae-thmey"


def test_the_same_name_gets_another_slug(session, make, who) -> None:
    make.firm(slug="cong-ty-banh-trang-thu")
    assert register.register(session, who, FACTS).slug == "cong-ty-banh-trang-thu-2"


def test_a_new_bank_account_is_told_to_every_owner_and_written_down(session, make) -> None:
    firm = make.firm(bank_account="1")
    owner, staff = make.member(firm), make.member(firm, role="staff")
    new = {"bank_name": "Bank", "bank_account": "123456", "bank_holder": "X"}
    register.change_bank(session, caller_of(session, owner.id), firm, new)
    entry = session.scalar(select(AuditEntry))
    assert entry.before["bank_account"] == "1"
    assert entry.after == new
    assert [mail.recipient for mail in session.scalars(select(Mail))] == [owner.email]
    assert "123456" in session.scalar(select(Mail.body))
    assert staff.email != owner.email


def test_saving_what_is_there_already_changes_nothing(session, make) -> None:
    firm = make.firm(bank_name="B", bank_account="1234", bank_holder="X")
    who = caller_of(session, make.member(firm).id)
    register.change_bank(session, who, firm, {"bank_name": "B", "bank_account": "1234", "bank_holder": "X"})
    assert actions(session) == []
    assert session.scalar(select(Mail)) is None


def test_changed_registered_facts_send_a_verified_firm_back_to_the_moderators(session, make) -> None:
    firm = make.firm(name_vi="Cũ", tax_code="3992200445", address="A")
    who = caller_of(session, make.member(firm).id)
    facts = {"name_vi": "Mới", "country": "VN", "tax_code": "3992200445", "address": "A"}
    register.change_registration(session, who, firm, facts)
    assert (firm.state, firm.name_vi, firm.verified_at) == ("pending", "Mới", None)
    assert actions(session) == ["firm.registration_changed", "firm.sent_again"]


def test_the_same_registered_facts_leave_a_firm_verified(session, make) -> None:
    firm = make.firm(name_vi="Cũ", tax_code="3992200445", address="A")
    who = caller_of(session, make.member(firm).id)
    facts = {"name_vi": "Cũ", "country": "VN", "tax_code": "3992200445", "address": "A"}
    register.change_registration(session, who, firm, facts)
    assert firm.state == "verified"
    assert actions(session) == []


def test_a_rejected_firm_is_sent_again_with_or_without_changes(session, make) -> None:
    firm = make.firm(state="rejected", state_reason="?", name_vi="Cũ", tax_code="3992200445", address="A")
    who = caller_of(session, make.member(firm).id)
    facts = {"name_vi": "Cũ", "country": "VN", "tax_code": "3992200445", "address": "A"}
    register.change_registration(session, who, firm, facts)
    assert (firm.state, firm.state_reason) == ("pending", "")


def test_a_suspended_firm_stays_suspended_whatever_it_changes(session, make) -> None:
    firm = make.firm(state="suspended", state_reason="?", tax_code="3992200445")
    who = caller_of(session, make.member(firm).id)
    facts = {"name_vi": "Mới", "country": "VN", "tax_code": "3992200445", "address": "A"}
    register.change_registration(session, who, firm, facts)
    assert firm.state == "suspended"


def test_nobody_takes_another_firm_s_tax_code_later(session, make) -> None:
    make.firm(tax_code="3994041198")
    firm = make.firm(tax_code="3992200445")
    who = caller_of(session, make.member(firm).id)
    facts = {"name_vi": "X", "country": "VN", "tax_code": "3994041198", "address": "A"}
    with pytest.raises(register.TaxCodeTaken):
        register.change_registration(session, who, firm, facts)


def test_two_who_register_the_same_code_at_once_are_not_both_taken(session, make, who) -> None:
    """The check of the form may pass twice; the constraint does not."""
    register.register(session, who, FACTS)
    other = caller_of(session, make.person().id)
    with pytest.raises(register.TaxCodeTaken):
        register.register(session, other, FACTS)
    assert session.scalars(select(Firm.id)).all() == [session.get(Membership, who.id).firm_id]
