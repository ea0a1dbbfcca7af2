"""Logs tell what happened and to which kind of page; never to whom."""

import json
import re
from itertools import cycle

import pytest

from portal.loans.states import LoanState
from portal.platform import logs
from tests import factories as make


def seeded():
    """People with every kind of personal value, and those values."""
    family = make.family()
    loan = make.loan(state=LoanState.SUBMITTED, student=family.student, note="Nous partageons un seul téléphone")
    head = make.head()
    rows = (family.account, family.student, family.guardian, loan, head.account)
    columns = (
        "name",
        "email",
        "mobile",
        "family_name",
        "street",
        "contact_email",
        "contact_mobile",
        "note",
        "public_id",
        "reference",
    )
    values = {getattr(row, column, None) for row in rows for column in columns}
    return family, head, {str(value) for value in values if value and len(str(value)) > 3}


def test_no_personal_value_is_written_whatever_the_page(app, as_user, capsys):
    family, head, values = seeded()
    logs.configure("DEBUG")
    for who in (family, head):
        browser = as_user(who)
        for rule, value in zip(list(app.url_map.iter_rules()), cycle(sorted(values)[:4]), strict=False):
            if rule.endpoint in {"static", "assets", "accounts.sign_out"}:
                continue
            url = re.sub(r"<[^>]+>", value.replace("/", "-"), rule.rule)
            if "GET" in rule.methods:
                browser.get(url, query_string={"q": value})
            if "POST" in rule.methods:
                browser.post(url, data={"contact": value, "email": value, "name": value, "code": value})
    written = capsys.readouterr().err
    assert written.count("\n") > 20
    assert {value for value in values if value in written} == set()
    for line in written.splitlines():
        assert set(json.loads(line)) <= logs.FIELDS


def test_a_field_that_is_not_on_the_list_is_not_written(app, capsys):
    import structlog

    logs.configure("INFO")
    structlog.get_logger().info("request", status=200, email="ines@example.org")
    assert json.loads(capsys.readouterr().err)["status"] == 200
    structlog.get_logger().info("request", email="ines@example.org")
    assert "example.org" not in capsys.readouterr().err


@pytest.mark.parametrize("path", ["/entrer?suite=/prets/Inès", "/nulle-part/ines@example.org"])
def test_a_request_is_told_by_its_endpoint_not_by_its_address(client, capsys, path):
    logs.configure("INFO")
    client.get(path)
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["method"] == "GET"
    assert "n" not in line.get("path", "")
    assert "example.org" not in str(line)
