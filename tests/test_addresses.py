"""Numbers in addresses are as large as the databases can hold."""

import pytest

from app.addresses import LARGEST_ID, LAST_PAGE


@pytest.mark.parametrize(
    "address", ["/api/v1/products/{}", "/media/photos/{}", "/en/admin/people/{}", "/vi/trade/imports/{}"]
)
@pytest.mark.parametrize("number", [LARGEST_ID + 1, 2**63, 10**30])
def test_a_number_no_row_can_have_leads_nowhere(client, address, number) -> None:
    assert client.get(address.format(number)).status_code == 404


def test_the_largest_number_is_looked_up(client) -> None:
    assert client.get(f"/api/v1/products/{LARGEST_ID}").json["code"] == "NoSuchProduct"


@pytest.mark.parametrize("page", [LAST_PAGE + 1, 10**30])
def test_a_page_beyond_the_last_there_can_be_is_empty_and_no_error(client, make, sign_in, page) -> None:
    assert sign_in(client, make.person("admin")).get(f"/en/admin/audit?page={page}").status_code == 200
