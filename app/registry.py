"""The list of blueprints: from an address to its file. One line each; keep it in the order of the menus."""

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint

PAGE_BLUEPRINTS: tuple[Blueprint, ...] = ()
API_BLUEPRINTS: tuple[ApiBlueprint, ...] = ()
