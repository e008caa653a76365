"""Long texts in datasets."""


class Text(str):
    """A long text whose representation is its size, because a notebook that shows a dataset would print all of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<text of {len(self)} characters>" if len(self) > 60 else super().__repr__()
