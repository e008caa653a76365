import pytest

from . import synthetic


@pytest.fixture(scope="session")
def study():
    return synthetic.study()


@pytest.fixture(scope="session")
def swapped():
    return synthetic.study(host="aws", rival="azure")
