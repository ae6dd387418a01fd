"""The reference for pages: Flask, Jinja and SQLAlchemy with nothing around them, the same 24 items on a page."""

import os

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import create_engine, text

ITEM = """<article class="card"><h2><a href="/p/{{ p.slug }}">{{ p.name_vi }}</a></h2>
<p>{{ p.hs_code }} · {{ p.unit }} · {{ p.moq }}</p><p>{{ p.name_km }} {{ p.name_en }}</p></article>"""
PAGE = f"<!doctype html><title>Bare</title><h1>Goods</h1>{{% for p in items %}}{ITEM}{{% endfor %}}"
QUERY = text(
    "SELECT id, slug, name_vi, name_km, name_en, hs_code, unit, moq FROM product"
    " WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT 24"
)

HELLO = "<!doctype html><title>Hello</title><h1>{{ word }}</h1>"

app = Flask(__name__)
app.jinja_loader = DictLoader({"page.html": PAGE, "hello.html": HELLO})  # compiled once, as templates in files are
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"))


@app.get("/")
def page() -> str:
    """24 items, one query, one template."""
    with engine.connect() as connection:
        return render_template("page.html", items=connection.execute(QUERY).all())


@app.get("/hello")
def hello() -> str:
    """The smallest page there is."""
    return render_template("hello.html", word="Xin chào")
