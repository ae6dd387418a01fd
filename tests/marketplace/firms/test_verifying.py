"""Moderators and firms: every step with its reason, its letter and its line in the audit log."""

import pytest
from sqlalchemy import select

from app.accounts.models import AuditEntry, Mail
from app.marketplace.firms import register, verifying
from app.marketplace.firms.models import NEXT, FirmState
from app.signin_state import caller_of


@pytest.fixture
def moderator(session, make):
    return caller_of(session, make.person("moderator").id)


@pytest.fixture
def waiting_firm(make):
    firm = make.firm(state="pending")
    make.member(firm, language="km")
    return firm


def test_a_verified_firm_has_its_day_its_audit_line_and_its_letter(session, moderator, waiting_firm) -> None:
    verifying.verify(session, moderator, waiting_firm, verifying.facts_in_short(waiting_firm))
    entry = session.scalar(select(AuditEntry))
    assert waiting_firm.state == "verified"
    assert waiting_firm.verified_at is not None
    assert (entry.action, entry.actor, entry.before, entry.after) == (
        "firm.verified", moderator.email, {"state": "pending"}, {"state": "verified"},
    )  # fmt: skip
    assert session.scalar(select(Mail.language)) == "km"


def test_rejecting_needs_a_reason_which_the_firm_reads(session, moderator, waiting_firm) -> None:
    with pytest.raises(verifying.ReasonNeeded):
        verifying.reject(session, moderator, waiting_firm, "  ")
    verifying.reject(session, moderator, waiting_firm, "Tên không khớp")
    assert (waiting_firm.state, waiting_firm.state_reason) == ("rejected", "Tên không khớp")
    assert "Tên không khớp" in session.scalar(select(Mail.body))
    assert session.scalar(select(AuditEntry.after)) == {"state": "rejected", "reason": "Tên không khớp"}


def test_suspending_and_reinstating_go_there_and_back(session, make, moderator) -> None:
    firm = make.firm()
    verifying.suspend(session, moderator, firm, "Hàng giả")
    assert (firm.state, firm.state_reason) == ("suspended", "Hàng giả")
    verifying.reinstate(session, moderator, firm, verifying.facts_in_short(firm))
    assert (firm.state, firm.state_reason) == ("verified", "")


@pytest.mark.parametrize(("state", "step"), [("pending", verifying.verify), ("suspended", verifying.reinstate)])
@pytest.mark.parametrize("changed", ["name_vi", "tax_code", "address"])
def test_nobody_vouches_for_facts_that_came_after_reading(session, make, moderator, state, step, changed) -> None:
    firm = make.firm(state=state)
    owner = caller_of(session, make.member(firm).id)
    read = verifying.facts_in_short(firm)
    facts = {name: getattr(firm, name) for name in register.REGISTERED} | {"tax_code": "3992200445"}
    register.change_registration(session, owner, firm, facts | ({changed: "Khác"} if changed != "tax_code" else {}))
    with pytest.raises(verifying.ChangedMeanwhile):
        step(session, moderator, firm, read)
    assert firm.state == state
    step(session, moderator, firm, verifying.facts_in_short(firm))
    assert firm.state == "verified"


@pytest.mark.parametrize("state", list(FirmState))
def test_no_step_is_possible_that_the_table_does_not_have(session, make, moderator, state) -> None:
    steps = {
        "verified": lambda firm: verifying.verify(session, moderator, firm, verifying.facts_in_short(firm)),
        "rejected": lambda firm: verifying.reject(session, moderator, firm, "x"),
        "suspended": lambda firm: verifying.suspend(session, moderator, firm, "x"),
    }
    for target, step in steps.items():
        firm = make.firm(state=state)
        if target in NEXT[state] and (state, target) != ("suspended", "verified"):
            step(firm)
            assert firm.state == target
        else:
            with pytest.raises(verifying.NotNow):
                step(firm)
            assert firm.state == state


def test_the_queue_has_the_longest_waiting_first(session, make) -> None:
    first, second = make.firm(state="pending"), make.firm(state="pending")
    make.firm()
    assert [firm.id for firm in verifying.waiting(session)] == [first.id, second.id]
    assert verifying.waiting_count(session) == 2


def test_firms_are_found_by_name_tax_code_and_state(session, make) -> None:
    firm = make.firm(slug="muoi-nang", name_vi="Muối Nắng", name_km="អំបិល", tax_code="3992200445", state="suspended")
    make.firm(name_vi="100% gạo")
    for q in ("muối", "muoi nang", "អំបិល", "3992 200", "3.992.2"):
        assert verifying.search(session, q) == ([firm], 1)
    assert verifying.search(session, state="suspended") == ([firm], 1)
    assert verifying.search(session, "%")[1] == 1
