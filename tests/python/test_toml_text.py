"""Python values become TOML and come back."""

import datetime as dt
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rackrate.toml_text import from_toml, to_toml

scalars = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.dates(min_value=dt.date(1, 1, 1))
    | st.text(st.characters(exclude_categories=("Cs", "Cc")))
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(values)
def test_what_is_written_reads_back_the_same(value):
    assert from_toml(to_toml(value)) == value


def test_a_number_that_is_none_survives():
    assert math.isnan(from_toml(to_toml(math.nan)))


def test_numpy_scalars_are_plain_numbers():
    assert to_toml(np.float64(0.5)) == "0.5"
    assert to_toml(np.int64(3)) == "3"
    assert to_toml(np.bool_(True)) == "true"
