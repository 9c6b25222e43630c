"""Names of files as another system has written them."""

import pathlib
import unicodedata


def file_finder(names):
    """A function that finds the file that a table means.

    macOS takes letters and their accents apart, Windows parts folders by backslashes,
    and neither minds capitals. A name as it stands goes before all others; then one
    that differs in accents and slashes, then one that differs in capitals too.

    Args:
        names: names of files, with forward slashes.

    Returns:
        function of a name (str) that returns one of `names`.

        It raises KeyError, with what is wrong in words, where none of them is
        meant or more than one.
    """
    exact = set(names)
    alike = _by_form(exact, _plain)
    but_for_capitals = _by_form(exact, _folded)

    def find(name):
        # A file of Linux may have a backslash in its name.
        for written in (name, pathlib.PurePosixPath(name).as_posix()):
            if written in exact:
                return written
        for form, known in ((_plain, alike), (_folded, but_for_capitals)):
            found = known.get(form(name), ())
            if len(found) == 1:
                return found[0]
            if found:
                listed = " and ".join(map(repr, sorted(found)[:2]))
                raise KeyError(f"names {name!r}, which may be {listed}")
        raise KeyError(f"names {name!r}, which is no such image")

    return find


def _by_form(names, form):
    found = {}
    for name in names:
        found.setdefault(form(name), []).append(name)
    return found


def _plain(name):
    posix = pathlib.PurePosixPath(name.replace("\\", "/")).as_posix()
    return unicodedata.normalize("NFC", posix)


def _folded(name):
    return unicodedata.normalize("NFC", _plain(name).casefold())
