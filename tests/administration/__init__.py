"""Tests of app/administration."""
