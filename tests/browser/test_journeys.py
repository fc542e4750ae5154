"""The ways that people take through the console."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site


def test_a_wrong_password_then_the_right_one(site: Site) -> None:
    context = site.visitor()
    page = context.new_page()
    page.goto("/usage?range=7d")
    page.get_by_label("E-mail").fill(site.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(site.email)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Usage trends")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    context.close()


def test_the_four_questions_of_a_stranger(page: Page) -> None:
    """What did we use this week, why was this session charged, what is left and how long will it
    last, when was the agent peak."""
    week = page.locator(".tile", has_text="Billing sessions, 7 days").locator(".value")
    assert int(week.inner_text().replace(",", "")) > 500
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.get_by_role("link", name=re.compile(r"\d\d:\d\d:\d\d")).first.click()
    expect(page.get_by_text("Why it was charged")).to_be_visible()
    page.get_by_role("link", name="Wallet & credits").click()
    page.get_by_role("link", name="helpdesk").click()
    days = page.locator(".tile", has_text="Days left").locator(".value")
    assert float(days.inner_text().replace(",", "")) > 1
    page.get_by_role("link", name="Seats").click()
    peak = page.locator(".tile", has_text="Most agents at once")
    expect(peak).to_contain_text(re.compile(r"first\s+reached .*\d\d:\d\d:\d\d"))
    expect(page.get_by_text(re.compile(r"agent-\d+")).first).to_be_visible()


def test_filters_and_the_chart(page: Page) -> None:
    page.get_by_role("link", name="Usage trends").click()
    expect(page.locator("canvas")).to_be_visible()
    expect(page.get_by_role("table")).to_be_hidden()
    whole = page.locator(".tile[aria-current] .value").inner_text()
    page.evaluate("window.isSamePage = true")
    page.get_by_label("Bot").select_option("helpdesk")
    expect(page).to_have_url(re.compile("bot=helpdesk"))
    expect(page.locator("canvas")).to_be_visible()
    assert page.evaluate("window.isSamePage"), "all of the page was loaded again"
    part = page.locator(".tile[aria-current] .value").inner_text()
    assert int(part.replace(",", "")) < int(whole.replace(",", ""))
    page.get_by_role("button", name="Table").click()
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.locator("canvas")).to_be_hidden()
    rows = page.locator('td[data-series="now"]').all_inner_texts()
    assert sum(int(row.replace(",", "")) for row in rows) == int(part.replace(",", ""))
    page.get_by_label("Time", exact=True).select_option("24h")
    expect(page).to_have_url(re.compile("range=24h"))
    expect(page.get_by_label("Bot")).to_have_value("helpdesk")
    expect(page.get_by_role("heading", level=2)).to_contain_text("by hour")


def test_a_charge_is_explained_down_to_its_messages(page: Page) -> None:
    page.goto("/sessions?range=30d&unit=billing_session")
    row = page.locator("tbody tr").first
    amount = row.get_by_role("link").nth(1)
    shown = amount.inner_text()
    amount.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{shown} explained")
    expect(page.locator(".formula")).to_contain_text(f"= {shown}")
    expect(page.locator("svg.timeline").first).to_be_visible()
    page.get_by_text("Its messages as a table").click()
    expect(page.get_by_role("cell", name="user", exact=True).first).to_be_visible()
    page.get_by_role("link", name=re.compile("trf_")).click()
    expect(page.get_by_role("heading", name="How it came about")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^lot_"))).to_be_visible()


def test_the_csv_has_what_the_page_says(page: Page, tmp_path: Path) -> None:
    page.goto("/sessions?range=30d&bot=concierge")
    said = page.locator(".head strong").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    with file.open() as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == int(said.replace(",", ""))
    assert {row["bot_name"] for row in rows} == {"concierge"}


def test_a_file_is_estimated(page: Page, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "id,time,bot,user,direction\n"
        "1,2026-11-01T10:00:00Z,helpdesk,ann,inbound\n"
        "2,2026-11-01T10:10:00Z,helpdesk,ann,outbound\n"
        "3,2026-11-01T10:20:00Z,helpdesk,ann,inbound\n"
        "4,nonsense,helpdesk,ann,inbound\n"
    )
    page.get_by_role("link", name="Estimate").click()
    page.locator('input[type="file"]').set_input_files(log)
    page.get_by_role("button", name=re.compile("Estimate")).click()
    expect(page.get_by_text("$0.40").first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("helpdesk"))).to_contain_text("2")


def test_a_file_that_is_too_large_leaves_what_was_typed(page: Page, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(b"id,time,bot,user,direction\n" + b"\n" * 11_000_000)
    page.goto("/estimate")
    page.get_by_label("Price of a session").fill("0.35")
    page.get_by_label("Voice channels").fill("phone, sip")
    page.locator('input[type="file"]').set_input_files(log)
    page.get_by_role("button", name=re.compile("Estimate")).click()
    expect(page.get_by_role("alert")).to_contain_text("at most 10 MB here")
    expect(page.get_by_label("Price of a session")).to_have_value("0.35")
    expect(page.get_by_label("Voice channels")).to_have_value("phone, sip")


def test_plans_of_each_product(page: Page) -> None:
    page.get_by_role("link", name="Plans", exact=True).click()
    expect(page.get_by_text("This is the example catalog.")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Essential")).to_be_visible()
    products = page.get_by_role("navigation", name="Products")
    products.get_by_role("link", name="Contact Center AI").click()
    row = page.get_by_role("row", name=re.compile("^Seats"))
    expect(row).to_contain_text("concurrent: $75.00 each a month")
    expect(page.get_by_role("heading", name="Support")).to_be_visible()


def test_colours_are_kept(page: Page) -> None:
    page.get_by_label("Colours").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("link", name="Seats").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_without_scripts_charts_are_tables_and_filters_have_a_button(site: Site) -> None:
    context = site.visitor(java_script_enabled=False)
    page = site.sign_in(context)
    page.goto("/usage")
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("button", name="Chart")).to_be_hidden()
    page.get_by_label("Bot").select_option("orders")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("bot=orders"))
    expect(page.get_by_label("Bot")).to_have_value("orders")
    page.get_by_label("Colours").select_option("dark")
    page.get_by_role("button", name="Set").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    context.close()
