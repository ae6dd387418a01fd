"""Alive, ready, and the figures an operator watches."""

from app import migrating


def test_healthz_answers_without_touching_anything(client) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_not_ready_while_the_database_is_behind_the_code(client, monkeypatch) -> None:
    monkeypatch.setattr(migrating, "is_current", lambda _connection: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")


def test_ready_but_degraded_without_redis(client, monkeypatch) -> None:
    monkeypatch.setattr(migrating, "is_current", lambda _connection: True)
    monkeypatch.setattr("app.jobs.ping", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")


def test_metrics_name_the_waiting_and_the_failed_work(client) -> None:
    assert client.get("/metrics").text == "mocxa_outbox_waiting 0\nmocxa_outbox_failed 0\n"
