"""Which fold a picture belongs to."""


def fold_of(kind: str, group: str, folds: dict) -> int | None:
    """The fold of a source or document kind; helpers such as portraits, and drawn pieces, have none."""
    lists = {"scene": folds["screens"], "id_document": folds["documents"]}.get(kind, [])
    for number, names in enumerate(lists):
        if group in names:
            return number
    if lists:
        raise SystemExit(f"{group} is in no fold of config.toml")
    return None
