"""The people of a firm: asked first, one firm each, gone at once."""

import pytest
from sqlalchemy import select

from app.accounts.models import AuditEntry, Mail, Membership, PersonRole
from app.errors import Forbidden, NotFound
from app.marketplace.firms import members
from app.marketplace.firms.models import Invitation
from app.signin_state import caller_of


@pytest.fixture
def firm(make):
    return make.firm()


@pytest.fixture
def owner(session, make, firm):
    return caller_of(session, make.member(firm).id)


def test_an_invited_person_becomes_staff_by_accepting(session, make, firm, owner) -> None:
    person = make.person()
    invitation = members.invite(session, owner, firm, f" {person.email.upper()} ")
    assert session.get(Membership, person.id) is None
    members.accept(session, caller_of(session, person.id), invitation.id)
    now_staff = caller_of(session, person.id)
    session.refresh(person)
    assert (now_staff.firm_id, now_staff.firm_role) == (firm.id, "staff")
    assert session.get(PersonRole, (person.id, "seller"))
    assert session.scalar(select(Invitation)) is None
    assert [entry.action for entry in session.scalars(select(AuditEntry))] == [
        "firm.staff_invited",
        "firm.staff_joined",
    ]


def test_an_invitation_is_a_letter_once(session, make, firm, owner) -> None:
    person = make.person()
    first = members.invite(session, owner, firm, person.email)
    assert members.invite(session, owner, firm, person.email) is first
    assert [mail.recipient for mail in session.scalars(select(Mail))] == [person.email]


def test_only_people_with_an_account_and_without_a_firm_are_invited(session, make, firm, owner) -> None:
    with pytest.raises(members.NobodyThere):
        members.invite(session, owner, firm, "nobody@test.example")
    with pytest.raises(members.ActsForAFirm):
        members.invite(session, owner, firm, make.member().email)


def test_an_invitation_of_somebody_else_is_not_there(session, make, firm, owner) -> None:
    invitation = members.invite(session, owner, firm, make.person().email)
    stranger = caller_of(session, make.person().id)
    for verb in (members.accept, members.decline):
        with pytest.raises(NotFound):
            verb(session, stranger, invitation.id)
    with pytest.raises(NotFound):
        members.withdraw(session, owner, make.firm(), invitation.id)


def test_declining_and_taking_back_end_an_invitation(session, make, firm, owner) -> None:
    person = make.person()
    members.decline(session, caller_of(session, person.id), members.invite(session, owner, firm, person.email).id)
    assert members.invitations(session, person.id) == []
    members.withdraw(session, owner, firm, members.invite(session, owner, firm, person.email).id)
    assert members.invited(session, firm) == []


def test_joining_one_firm_ends_the_invitations_of_others(session, make, firm, owner) -> None:
    person = make.person()
    members.invite(session, owner, make.firm(), person.email)
    mine = members.invite(session, owner, firm, person.email)
    members.accept(session, caller_of(session, person.id), mine.id)
    assert session.scalar(select(Invitation)) is None


def test_removed_staff_lose_firm_and_role_at_once(session, make, firm, owner) -> None:
    staff = make.member(firm, role="staff")
    members.remove(session, owner, firm, staff.id)
    session.commit()
    session.refresh(staff)
    seen = caller_of(session, staff.id)
    assert (seen.firm_id, seen.firm_role) == (None, None)
    assert "seller" not in seen.roles


def test_owners_are_not_removed_and_others_members_are_not_found(session, make, firm, owner) -> None:
    with pytest.raises(members.LastOwner):
        members.remove(session, owner, firm, owner.id)
    with pytest.raises(NotFound):
        members.remove(session, owner, firm, make.member(role="staff").id)


def test_staff_do_not_own_the_firm_and_visitors_have_none(session, make, firm) -> None:
    staff = caller_of(session, make.member(firm, role="staff").id)
    assert members.firm_of(session, staff) is firm
    with pytest.raises(Forbidden):
        members.must_own(staff)
    with pytest.raises(Forbidden):
        members.firm_of(session, caller_of(session, make.person().id))
