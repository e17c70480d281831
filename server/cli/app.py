"""The commands by name; each module of this room adds its own."""

from __future__ import annotations

import typer

from server.cli import (
    batch,
    capture,
    check,
    demo,
    export,
    fulfil,
    load,
    order,
    papers,
    pareto,
    prices,
    public,
    quote,
    reoptimize,
    report,
    route,
    schedule,
    serve,
    simulate,
    stock,
    webhooks,
)
from server.cli.endings import Endings

app = typer.Typer(
    name="onebox",
    cls=Endings,
    help="Onebox decides which node ships each line of an order, by which carrier, in one box where it can.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("check")(check.check)
app.command("load")(load.load)
app.command("route")(route.route)
app.command("batch")(batch.batch)
app.command("reoptimize")(reoptimize.reoptimize)
app.command("explain")(route.explain)
app.command("quote")(quote.quote)
app.add_typer(stock.app, name="stock")
app.add_typer(order.app, name="order")
app.add_typer(schedule.app, name="schedule")
app.add_typer(fulfil.app, name="fulfil")
app.add_typer(papers.app, name="papers")
app.command("export")(export.export)
app.command("report")(report.report)
app.command("import")(public.import_public)
app.command("simulate")(simulate.simulate)
app.command("pareto")(pareto.pareto)
app.add_typer(prices.app, name="prices")
app.command("capture")(capture.capture)
app.add_typer(capture.quarantine, name="quarantine")
app.add_typer(webhooks.app, name="webhooks")
