"""`quartermaster seller`, `tax` and `billing-profile`: who bills whom, and with which tax."""

from dataclasses import asdict, replace
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

import typer

from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.invoices.taxes import Rates
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.billing import queries
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from quartermaster.usecases.orders.invoices.set_tax import set_tax

Fields = Annotated[
    list[str],
    typer.Argument(metavar="FIELD=VALUE…", help="Such as city=Berlin; address= for each line"),
]
_PARTY: Final = tuple(Party.__dataclass_fields__)
_BANK: Final = tuple(Bank.__dataclass_fields__)
_OWN: Final = ("prefix", "registration", "note")
_SELLER: Final = (*_PARTY, *_OWN, *_BANK)
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
        fields: Fields,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """For invoices from now on. What is left out stays; an empty value takes it away."""
        given = _given(fields, _SELLER)
        if "name" not in given and not queries.has_seller():
            raise typer.BadParameter("who sells? The first time a name is needed: name=…")
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
        fields: Fields,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """For invoices from now on. What is left out stays; an empty value takes it away."""
        where = choices.workspace(workspace)
        with output.refusals():
            party = replace(queries.profile(where), **_given(fields, _PARTY))
            made = set_billing_profile(where, party, shell.now(where))
        output.answer(format, asdict(made))

    @group.command("show")
    def show(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """To whom invoices that are issued now are made out."""
        output.answer(format, asdict(queries.profile(choices.workspace(workspace))))


def _given(fields: list[str], known: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in fields:
        name, sign, value = one.partition("=")
        if name not in known or not sign:
            raise typer.BadParameter(f"{one!r} is none of {', '.join(known)}, with = and a value")
        if name == "address":
            found[name] = (*found.get(name, ()), *filter(None, [value]))
        else:
            found[name] = value
    return found


def _changed_seller(seller: Seller, given: dict[str, Any]) -> Seller:
    party, bank, own = (
        {name: given[name] for name in names if name in given} for names in (_PARTY, _BANK, _OWN)
    )
    return replace(
        seller, party=replace(seller.party, **party), bank=replace(seller.bank, **bank), **own
    )


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
