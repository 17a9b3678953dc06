"""`armsym audit`: what the fast engine does, proved by the kernel."""

from __future__ import annotations

import click

from armsym.audit.run import audit as audited
from armsym.cli.options import json_option, quiet_option
from armsym.report.audit import document, lines
from armsym.report.console import Progress, print_json, print_lines


@click.command()
@click.argument("subject", type=click.Choice(["rules"]))
@json_option
@quiet_option
def audit(subject: str, as_json: bool, quiet: bool) -> int:
    """Prove every rewrite rule and normal-form law of the fast engine, at every width.

    No proof rests on them: the kernel shows each theorem again.  Each law has a near miss, a word
    that looks like it and that must be found to differ.  Exit status 1 if a law is not proved, or
    a near miss not refuted.
    """
    findings = []
    with Progress(quiet) as progress:
        for finding in audited():
            progress(subject, finding.law)
            findings.append(finding)
    if as_json:
        print_json(document(findings))
    else:
        print_lines(lines(findings))
    return 1 if any(f.faults for f in findings) else 0
