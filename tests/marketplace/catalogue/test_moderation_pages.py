"""The moderators' pages: only theirs, with the facts, and decisions that stick."""

import re
from datetime import UTC

import pytest

from app.db import now


@pytest.fixture
def moderator(client, make, sign_in):
    return sign_in(client, make.person("moderator"))


@pytest.fixture
def firm(make):
    firm = make.firm(state="pending", name_vi="Hãng Chờ", tax_code="3992200445")
    make.member(firm)
    return firm


@pytest.fixture
def product(make):
    product = make.product(state="pending", submitted_at=now(), name_vi="Muối chờ duyệt", published_at=None)
    make.member(product.firm)
    return product


def text(answer) -> str:
    return answer.get_data(as_text=True)


def stored(session, *things) -> None:
    """Read again what requests have written, and end the transaction so that they can write more."""
    for thing in things:
        session.refresh(thing)
    session.commit()


def seen(product) -> str:
    return product.submitted_at.astimezone(UTC).isoformat()


def facts(answer) -> str:
    """What the page of a firm says it showed."""
    return re.search(r'name="facts" value="(\w+)"', text(answer))[1]


@pytest.mark.parametrize("role", ["buyer", "seller", "economist"])
def test_others_are_kept_out(client, make, sign_in, firm, product, role) -> None:
    sign_in(client, make.person(role))
    addresses = ("", "firms", f"firms/{firm.id}", f"products/{product.id}")
    assert {client.get(f"/vi/moderation/{address}").status_code for address in addresses} == {403}
    assert client.post(f"/vi/moderation/firms/{firm.id}", data={"decision": "verify"}).status_code == 403
    assert client.post(f"/vi/moderation/products/{product.id}", data={"decision": "publish"}).status_code == 403


def test_the_queues_show_who_and_what_waits(moderator, firm, product) -> None:
    page = text(moderator.get("/vi/moderation/"))
    assert "Hãng Chờ" in page
    assert "3992200445" in page
    assert "Muối chờ duyệt" in page


def test_a_firm_is_verified_and_the_decision_is_listed(moderator, session, firm) -> None:
    page = moderator.get(f"/vi/moderation/firms/{firm.id}")
    assert "3992200445" in text(page)
    verify = {"decision": "verify", "facts": facts(page)}
    assert moderator.post(f"/vi/moderation/firms/{firm.id}", data=verify).status_code == 303
    stored(session, firm)
    assert firm.state == "verified"
    assert "Doanh nghiệp được xác minh" in text(moderator.get("/vi/moderation/"))
    again = moderator.post(f"/vi/moderation/firms/{firm.id}", data=verify)
    assert again.status_code == 409


def test_a_firm_that_changed_while_it_was_read_is_looked_at_again(moderator, session, firm) -> None:
    read = facts(moderator.get(f"/vi/moderation/firms/{firm.id}"))
    firm.address = "Một nơi khác"
    session.commit()
    answer = moderator.post(f"/vi/moderation/firms/{firm.id}", data={"decision": "verify", "facts": read})
    stored(session, firm)
    assert (answer.status_code, firm.state) == (409, "pending")
    assert "Một nơi khác" in text(answer)


def test_a_refusal_without_reason_comes_back_with_the_form(moderator, session, firm, product) -> None:
    for address in (f"/vi/moderation/firms/{firm.id}", f"/vi/moderation/products/{product.id}"):
        answer = moderator.post(address, data={"decision": "reject", "reason": " ", "seen": seen(product)})
        assert answer.status_code == 422
        assert "f-reason-error" in text(answer)
    stored(session, firm, product)
    assert (firm.state, product.state) == ("pending", "pending")


def test_a_firm_is_rejected_suspended_and_reinstated_by_its_page(moderator, session, make, firm) -> None:
    moderator.post(f"/vi/moderation/firms/{firm.id}", data={"decision": "reject", "reason": "Sai tên"})
    verified = make.firm()
    address = f"/vi/moderation/firms/{verified.id}"
    moderator.post(address, data={"decision": "suspend", "reason": "Hàng giả"})
    stored(session, firm, verified)
    assert (firm.state_reason, verified.state) == ("Sai tên", "suspended")
    moderator.post(address, data={"decision": "reinstate", "facts": facts(moderator.get(address))})
    stored(session, verified)
    assert verified.state == "verified"


def test_accepting_leads_to_the_next_in_the_queue(moderator, session, make, product) -> None:
    following = make.product(state="pending", submitted_at=now())
    answer = moderator.post(
        f"/vi/moderation/products/{product.id}", data={"decision": "publish", "seen": seen(product)}
    )
    stored(session, product)
    assert product.state == "published"
    assert answer.location == f"/vi/moderation/products/{following.id}"


def test_what_was_edited_meanwhile_is_not_published_unseen(moderator, session, product) -> None:
    read = seen(product)
    product.submitted_at = now()
    session.commit()
    answer = moderator.post(f"/vi/moderation/products/{product.id}", data={"decision": "publish", "seen": read})
    stored(session, product)
    assert (answer.status_code, product.state) == (409, "pending")


@pytest.mark.parametrize("data", [{}, {"decision": "nonsense"}, {"decision": "publish", "seen": "yesterday"}])
def test_nonsense_decides_nothing(moderator, session, product, data) -> None:
    assert moderator.post(f"/vi/moderation/products/{product.id}", data=data).status_code == 422
    stored(session, product)
    assert product.state == "pending"


def test_a_published_product_is_taken_down_with_a_reason(moderator, session, make) -> None:
    product = make.product()
    moderator.post(f"/vi/moderation/products/{product.id}", data={"decision": "take_down", "reason": "Hàng cấm"})
    stored(session, product)
    assert (product.state, product.state_reason) == ("rejected", "Hàng cấm")


def test_firms_are_found_by_tax_code_and_state(moderator, make, firm) -> None:
    make.firm(name_vi="Hãng Khác")
    page = text(moderator.get("/vi/moderation/firms?q=3992200445"))
    assert "Hãng Chờ" in page
    assert "Hãng Khác" not in page
    assert "Hãng Chờ" not in text(moderator.get("/vi/moderation/firms?state=verified"))


def test_what_is_not_there_is_404(moderator) -> None:
    assert moderator.get("/vi/moderation/firms/999999").status_code == 404
    assert moderator.get("/vi/moderation/products/999999").status_code == 404
