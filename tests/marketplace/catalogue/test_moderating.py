"""Moderators decide about what they read, with a reason the firm gets, and see what changed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import AuditEntry, Mail
from app.db import now
from app.errors import NotFound
from app.marketplace.catalogue import listing, moderating
from app.marketplace.firms.verifying import ReasonNeeded
from app.signin_state import caller_of


@pytest.fixture
def moderator(session, make):
    return caller_of(session, make.person("moderator").id)


@pytest.fixture
def waiting(make):
    product = make.product(state="pending", submitted_at=now(), published_at=None, name_vi="Muối tôm")
    make.member(product.firm, language="km")
    return product


def test_accepting_publishes_and_tells_the_firm(session, moderator, waiting) -> None:
    moderating.publish(session, moderator, waiting, waiting.submitted_at)
    letter = session.scalar(select(Mail))
    assert (waiting.state, letter.language) == ("published", "km")
    assert "Muối tôm" in letter.subject


def test_a_correction_keeps_the_day_of_first_publication(session, moderator, make) -> None:
    before = now() - timedelta(days=90)
    product = make.product(state="pending", submitted_at=now(), published_at=before)
    moderating.publish(session, moderator, product, product.submitted_at)
    assert product.published_at == before


def test_rejecting_needs_a_reason_and_keeps_it_with_the_product(session, moderator, waiting) -> None:
    with pytest.raises(ReasonNeeded):
        moderating.reject(session, moderator, waiting, waiting.submitted_at, " ")
    moderating.reject(session, moderator, waiting, waiting.submitted_at, "Thiếu số chứng nhận")
    assert (waiting.state, waiting.state_reason) == ("rejected", "Thiếu số chứng nhận")
    assert "Thiếu số chứng nhận" in session.scalar(select(Mail.body))


def test_nothing_is_published_that_changed_while_it_was_read(session, make, moderator, waiting) -> None:
    read = waiting.submitted_at
    seller = caller_of(session, make.member(waiting.firm).id)
    before = listing.facts(waiting)
    waiting.name_vi = "Khác"
    listing.note_change(session, seller, waiting, before, listing.facts(waiting))
    for decide in (
        lambda: moderating.publish(session, moderator, waiting, read),
        lambda: moderating.reject(session, moderator, waiting, read, "x"),
    ):
        with pytest.raises(moderating.ChangedMeanwhile):
            decide()
    assert waiting.state == "pending"


def test_a_suspended_firm_gets_nothing_published(session, moderator, waiting) -> None:
    waiting.firm.state = "suspended"
    with pytest.raises(listing.FirmNotVerified):
        moderating.publish(session, moderator, waiting, waiting.submitted_at)


@pytest.mark.parametrize("state", ["draft", "published", "rejected", "withdrawn"])
def test_only_what_waits_is_accepted_or_rejected(session, make, moderator, state) -> None:
    product = make.product(state=state, submitted_at=now())
    with pytest.raises(listing.NotNow):
        moderating.publish(session, moderator, product, product.submitted_at)
    with pytest.raises(listing.NotNow):
        moderating.reject(session, moderator, product, product.submitted_at, "x")


def test_taking_down_hides_a_published_product_at_once(session, make, moderator, waiting) -> None:
    product = make.product()
    make.member(product.firm)
    moderating.take_down(session, moderator, product, "Hàng cấm")
    assert (product.state, product.state_reason) == ("rejected", "Hàng cấm")
    with pytest.raises(listing.NotNow):
        moderating.take_down(session, moderator, waiting, "x")


def test_the_moderator_sees_what_is_different_since_it_was_published(session, make, moderator, waiting) -> None:
    moderating.publish(session, moderator, waiting, waiting.submitted_at)
    seller = caller_of(session, make.member(waiting.firm).id)
    for name, packaging in (("Một", "changed and changed back"), ("Hai", "")):
        before = listing.facts(waiting)
        waiting.name_vi, waiting.packaging = name, packaging
        listing.note_change(session, seller, waiting, before, listing.facts(waiting))
    assert moderating.differences(session, waiting) == [moderating.Difference("name_vi", "Muối tôm", "Hai")]


def test_a_new_listing_has_no_differences(session, waiting) -> None:
    assert moderating.differences(session, waiting) == []


def test_the_queue_has_the_longest_waiting_first(session, make, waiting) -> None:
    older = make.product(state="pending", submitted_at=now() - timedelta(days=1))
    make.product()
    assert moderating.waiting(session) == [older, waiting]
    assert moderating.waiting_count(session) == 2


def test_recent_decisions_come_with_what_they_were_about(session, make, moderator, waiting) -> None:
    moderating.publish(session, moderator, waiting, waiting.submitted_at)
    session.add(AuditEntry(action="product.rejected", subject_type="product", subject_id="999999", actor="x"))
    session.add(AuditEntry(action="product.edited", subject_type="product", subject_id="1", actor="x"))
    session.flush()
    (gone, nothing), (entry, subject) = moderating.recent_decisions(session)
    assert (gone.action, nothing) == ("product.rejected", None)
    assert (entry.action, subject) == ("product.published", waiting)


def test_a_product_that_does_not_exist_is_not_there(session) -> None:
    with pytest.raises(NotFound):
        moderating.by_id(session, 999999)
