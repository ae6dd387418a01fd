"""People as operators and administrators change them."""

import pytest
from sqlalchemy import select

from app.accounts import administering, api_tokens, people, registering, signing_in
from app.accounts.models import ApiToken, AuditEntry, PersonRole, SignIn
from app.accounts.who import Caller


@pytest.fixture
def admin(make):
    return make.person("admin")


@pytest.fixture
def who(admin):
    return Caller(id=admin.id, email=admin.email, name=admin.name, roles=frozenset({"admin"}), address="10.0.0.1")


def roles_of(session, person) -> list[str]:
    mine = select(PersonRole.role).where(PersonRole.person_id == person.id)
    return list(session.scalars(mine.order_by(PersonRole.role)))


def test_roles_are_set_with_before_and_after_in_the_log(session, make, who) -> None:
    person = make.person("buyer")
    administering.set_roles(session, who, person, ["buyer", "economist"])
    session.flush()
    assert roles_of(session, person) == ["buyer", "economist"]
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject_type, entry.subject_id) == (
        who.email,
        "person.roles_changed",
        "person",
        str(person.id),
    )
    assert (entry.before, entry.after) == ({"roles": ["buyer"]}, {"roles": ["buyer", "economist"]})


def test_the_role_of_a_seller_is_not_given_or_taken_by_hand(session, make, who) -> None:
    seller, buyer = make.person("buyer", "seller"), make.person("buyer")
    administering.set_roles(session, who, seller, ["buyer"])
    administering.set_roles(session, who, buyer, ["buyer", "seller"])
    session.flush()
    assert roles_of(session, seller) == ["buyer", "seller"]
    assert roles_of(session, buyer) == ["buyer"]


def test_nothing_is_written_when_nothing_changes(session, make, who) -> None:
    administering.set_roles(session, who, make.person("buyer"), ["buyer"])
    assert session.scalars(select(AuditEntry)).all() == []


def test_an_administrator_cannot_lock_themselves_out(session, admin, who, make) -> None:
    make.person("admin")
    with pytest.raises(administering.NotYourself):
        administering.disable(session, who, admin)
    with pytest.raises(administering.NotYourself):
        administering.set_roles(session, who, admin, ["buyer"])


def test_the_last_administrator_stays(session, make, admin) -> None:
    make.person("admin", disabled_at=admin.created)
    with pytest.raises(administering.LastAdmin):
        administering.disable(session, None, admin)
    with pytest.raises(administering.LastAdmin):
        administering.set_roles(session, None, admin, ["buyer"])
    make.person("admin")
    administering.disable(session, None, admin)
    assert admin.disabled_at is not None


def test_disabling_ends_sessions_and_tokens(session, make, who) -> None:
    person = make.person()
    signing_in.open_session(session, person)
    api_tokens.create(session, None, person)
    administering.disable(session, who, person)
    assert session.scalars(select(SignIn)).all() == []
    assert session.scalars(select(ApiToken.revoked_at)).one() is not None
    administering.enable(session, who, person)
    assert person.disabled_at is None
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["person.disabled", "person.enabled"]


def test_an_address_is_given_once(session, make) -> None:
    make.person(email="an@shop.example")
    with pytest.raises(registering.EmailTaken):
        administering.add_person(session, None, email="AN@shop.example", name="An")


def test_people_are_found_by_part_of_name_or_address_in_pages(session, make) -> None:
    for number in range(31):
        make.person(name=f"Buyer {number}", email=f"b{number}@shop.example")
    chosen = make.person("economist", name="Lê Thị Hồng", email="hong@tayninh.example")
    assert people.search(session, "hồng")[0] == [chosen] or people.search(session, "Hồng")[0] == [chosen]
    assert people.search(session, "HONG@")[0] == [chosen]
    assert people.search(session, role="economist") == ([chosen], 1)
    first, total = people.search(session, "shop.example")
    second, _ = people.search(session, "shop.example", page=2)
    assert (len(first), len(second), total) == (30, 1, 31)
    assert people.search(session, "100%")[0] == []
