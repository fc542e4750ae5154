"""`quartermaster seller`, `tax` and `billing-profile`: who bills whom, and with which tax."""

from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

import typer

from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import Rates
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.billing import queries
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from quartermaster.usecases.orders.invoices.set_tax import set_tax

Word = Annotated[str | None, typer.Option()]
Lines = Annotated[list[str] | None, typer.Option("--address", help="A line; up to four")]
Country = Annotated[str | None, typer.Option(help="By ISO 3166, such as DE")]
_BANK: Final = ("holder", "iban", "bic", "bank")
UNNAMED: Final = (
    "nobody is set as the seller: invoices go out in the name of Quartermaster; see "
    "`quartermaster seller set`"
)


def register(app: typer.Typer, shell: Shell) -> None:
    """Adds the commands."""
    seller = _group(app, "seller", "Who sells: the name, address and bank on invoices.")
    _seller(seller, shell)
    _tax(_group(app, "tax", "Which tax is taken."), shell)
    _profile(_group(app, "billing-profile", "Whom a workspace's invoices are for."), shell)


def _group(app: typer.Typer, name: str, words: str) -> typer.Typer:
    group = typer.Typer(help=words, no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name=name)
    return group


def _seller(group: typer.Typer, shell: Shell) -> None:
    @group.command("set")
    def set_(
        name: Word = None,
        company: Word = None,
        address: Lines = None,
        city: Word = None,
        postcode: Word = None,
        country: Country = None,
        vat_id: Word = None,
        email: Word = None,
        prefix: Annotated[str | None, typer.Option(help="Of invoice numbers")] = None,
        registration: Annotated[str | None, typer.Option(help="In a register")] = None,
        holder: Annotated[str | None, typer.Option(help="Of the bank account")] = None,
        iban: Word = None,
        bic: Word = None,
        bank: Word = None,
        note: Annotated[str | None, typer.Option(help="At the foot of invoices")] = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """For invoices from now on. What is left out stays; an empty text takes it away."""
        given = {key: value for key, value in locals().items() if key != "format"}
        if name is None and not queries.has_seller():
            raise typer.BadParameter("who sells? The first time --name is needed")
        with output.refusals():
            made = set_seller(_changed_seller(queries.seller(), given), shell.now(None))
        output.answer(format, _told_seller(made))

    @group.command("show")
    def show(
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Who stands on invoices that are issued now."""
        if not queries.has_seller():
            output.warn(UNNAMED)
        output.answer(format, _told_seller(queries.seller()))


def _tax(group: typer.Typer, shell: Shell) -> None:
    @group.command("set")
    def set_(
        is_on: Annotated[bool | None, typer.Option("--on/--off", help="Take it")] = None,
        rate: Annotated[
            list[str] | None, typer.Option(help="COUNTRY=PERCENT; without PERCENT: no longer")
        ] = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """From now on. What is left out stays as it is."""
        before = queries.rates()
        rates = dict(before.by_country or {})
        for one in rate or ():
            country, percent = _rate(one)
            rates.pop(country, None)
            if percent is not None:
                rates[country] = percent
        with output.refusals():
            wanted = before.is_on if is_on is None else is_on
            made = set_tax(wanted, rates, shell.now(None))
        output.answer(format, _told_tax(made))

    @group.command("show")
    def show(
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Whether tax is taken, and how much in which country."""
        output.answer(format, _told_tax(queries.rates()))


def _profile(group: typer.Typer, shell: Shell) -> None:
    @group.command("set")
    def set_(
        workspace: WorkspaceName = None,
        name: Word = None,
        company: Word = None,
        address: Lines = None,
        city: Word = None,
        postcode: Word = None,
        country: Country = None,
        vat_id: Word = None,
        email: Word = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """For invoices from now on. What is left out stays; an empty text takes it away."""
        given = {key: value for key, value in locals().items() if key in _PARTY}
        where = choices.workspace(workspace)
        with output.refusals():
            party = _changed(queries.profile(where), given)
            made = set_billing_profile(where, party, shell.now(where))
        output.answer(format, asdict(made))

    @group.command("show")
    def show(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """To whom invoices that are issued now are made out."""
        output.answer(format, asdict(queries.profile(choices.workspace(workspace))))


_PARTY: Final = frozenset(Party.__dataclass_fields__)


def _changed(party: Party, given: dict[str, Any]) -> Party:
    found = {key: value for key, value in given.items() if key in _PARTY and value is not None}
    if "address" in found:
        found["address"] = tuple(found["address"])
    return replace(party, **found)


def _changed_seller(seller: Seller, given: dict[str, Any]) -> Seller:
    said = {key: value for key, value in given.items() if value is not None}
    bank = {key: value for key, value in said.items() if key in _BANK}
    own = {key: said[key] for key in ("prefix", "registration", "note") if key in said}
    party = _changed(seller.party, said)
    return replace(seller, party=party, bank=replace(seller.bank, **bank), **own)


def _told_seller(one: Seller) -> dict[str, Any]:
    own = {"prefix": one.prefix, "registration": one.registration}
    return asdict(one.party) | own | asdict(one.bank) | {"note": one.note}


def _told_tax(one: Rates) -> dict[str, Any]:
    rates = {country: f"{rate:f}" for country, rate in sorted((one.by_country or {}).items())}
    return {"is_on": one.is_on, "rates": rates}


def _rate(text: str) -> tuple[str, Decimal | None]:
    country, _, percent = text.partition("=")
    try:
        return country.strip().upper(), Decimal(percent) if percent.strip() else None
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is no rate such as DE=19") from None
