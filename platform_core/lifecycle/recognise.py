"""From a mention in an inventory ("Red Hat Enterprise Linux 7 (64-bit)") to a product, its cycle and its dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from platform_core.domain.lifecycle import Milestone, Support
from platform_core.lifecycle.products import Build, Products, Spelling
from platform_core.lifecycle.snapshot import Cycle, ProductCycles

_MARKS = re.compile(r"\((?:r|tm|c)\)|[®™©]", re.IGNORECASE)
_OPEN_ENDED = re.compile(r"[\s)]*(?:\+|[/&]\s*\d|(?:or|and) (?:later|newer|above|higher|up)\b)")
_NUMBERED = re.compile(r"-?(?:sp|service-pack|tl|r)-?0*(?=\d)")
_EDITIONS = re.compile(
    r"(?<=\d)[ ,-]*(?:\b(?:standard|enterprise|datacenter|web|foundation|essentials|advanced|edition|"
    r"developer|express|business intelligence|64-bit|"
    r"without hyper-v|x64|for itanium-based systems)\b[ ,-]*)+"
)
_SERVICE_PACK = re.compile(r"(?:service pack|patchlevel =) ?")
_BUILD = re.compile(r"(\d+)\.0?(\d+)[.-](\d+)")
_SEPARATORS = re.compile(r"[\s,()/:;-]+")


def support_of(text: str, products: Products) -> Support | None:
    """Return the product that `text` mentions first, with its support dates; None when none is recognised.

    A product without a readable or known version comes back without a cycle and without dates.
    """
    found = all_support_in(text, products)
    return found[0] if found else None


def all_support_in(text: str, products: Products) -> tuple[Support, ...]:
    """Return every product that `text` mentions, in order ("Tomcat 8.5, Oracle 12c on RHEL 7" holds three)."""
    known = products.seen.get(text)
    if known is None:
        known = products.seen[text] = _read(text, products)
    return known


def _read(text: str, products: Products) -> tuple[Support, ...]:
    found = [(spelling, match) for spelling, match in _mentions(plain_text(text), products) if spelling.product]
    if any(spelling.is_hint for spelling, _ in found):
        found = _without_hints(found, products)
    return tuple(_support(spelling, match, products) for spelling, match in found)


def _without_hints(
    found: Sequence[tuple[Spelling, re.Match[str]]], products: Products
) -> list[tuple[Spelling, re.Match[str]]]:
    """Return the mentions without hints if an operating system is named; a bare name of the hinted one adds nothing."""
    hinted = {spelling.product for spelling, _ in found if spelling.is_hint}
    bare = [
        (spelling, match)
        for spelling, match in found
        if spelling.product in hinted and not spelling.is_hint and not (spelling.means or _version_in(match))
    ]
    rest = [mention for mention in found if mention not in bare]
    if any(products.cycles[spelling.product].category == "os" and not spelling.is_hint for spelling, _ in rest):
        return [(spelling, match) for spelling, match in found if not spelling.is_hint]
    return rest


def plain_text(text: str) -> str:
    """Return `text` in lower case with one kind of blank and without trade marks, as the spellings expect it."""
    folded = unicodedata.normalize("NFKC", _MARKS.sub(" ", text)).lower().replace("_", " ")
    return " ".join(folded.split())


def _mentions(plain: str, products: Products) -> list[tuple[Spelling, re.Match[str]]]:
    """Return mentions from left to right that do not overlap; the longest wins where several begin together."""
    found = [(s, m) for s in products.spellings for m in s.pattern.finditer(plain)]
    found.sort(key=lambda item: (item[1].start(), -item[1].end()))
    chosen: list[tuple[Spelling, re.Match[str]]] = []
    reached = 0
    for spelling, match in found:
        if match.start() >= reached:
            chosen.append((spelling, match))
            reached = match.end()
    return chosen


def _support(spelling: Spelling, match: re.Match[str], products: Products) -> Support:
    product = products.cycles[spelling.product]
    version = spelling.means or _version_in(match)
    cycle, exact = _cycle_of(product, version, products) if version else (None, False)
    if cycle is None:
        return _support_without_dates(product, version, products)
    return Support(
        product=product.product,
        title=product.title,
        category=product.category,
        version=version,
        cycle=cycle.cycle if exact else None,
        exact=exact,
        active_end=cycle.active_end,
        end=cycle.end,
        extended_end=cycle.extended_end,
        as_of=products.as_of,
        source=cycle.source or products.source,
    )


def _support_without_dates(product: ProductCycles, version: str | None, products: Products) -> Support:
    return Support(
        product=product.product,
        title=product.title,
        category=product.category,
        version=version,
        cycle=None,
        exact=False,
        active_end=None,
        end=None,
        extended_end=None,
        as_of=products.as_of,
        source=products.source,
    )


def _version_in(match: re.Match[str]) -> str | None:
    """Return the version of a mention, None when there is none or it is open-ended ("2016 or later", "4/5/6")."""
    version = match.groupdict().get("version")
    if not version or _OPEN_ENDED.match(match.string, match.end()):
        return None
    plain = _SERVICE_PACK.sub("sp", _EDITIONS.sub(" ", version))
    return _SEPARATORS.sub("-", plain).strip("-").removeprefix("version-")


def _cycle_of(product: ProductCycles, version: str, products: Products) -> tuple[Cycle | None, bool]:
    """Return the cycle that `version` stands for and whether it is the only possible one."""
    by_name = {cycle.cycle: cycle for cycle in product.cycles}
    for form in _forms(version):
        said = products.said.get((product.product, form))
        if said is not None:
            return by_name[said.cycle], said.exact
        build = _build_of(form, products.builds.get(product.product, ()))
        if build is not None:
            return by_name[build.cycle], True
        found, exact = _fitting(form, product, products)
        if found is not None:
            return found, exact
    return None, False


def _build_of(form: str, builds: Sequence[Build]) -> Build | None:
    """Return the row that a build number ("11.0.5343") falls under: the last of its family that begins before it."""
    match = _BUILD.match(form)
    if match is None:
        return None
    family, number = f"{match[1]}.{match[2]}", int(match[3])
    return next((b for b in reversed(builds) if b.family == family and b.first <= number), None)


def _forms(version: str) -> list[str]:
    """Return `version` as read and as a plain number ("12-sp3" is 12.3, "v7r3m0" is 7.3)."""
    numbered = _NUMBERED.sub(".", re.sub(r"m\d$", "", version)).removeprefix("v").lstrip(".")
    return [version] if numbered == version else [version, numbered]


def _fitting(form: str, product: ProductCycles, products: Products) -> tuple[Cycle | None, bool]:
    wanted = re.split(r"[.-]", form)
    finer = [c for c in product.cycles if _begins_with(c.cycle, wanted) and c.cycle != form]
    same = next((c for c in product.cycles if c.cycle == form), None)
    if finer:
        family = [same, *finer] if same else finer
        only_zero = same is None and [c.cycle for c in finer] == [f"{form}.0"]
        return max(family, key=_last_day), only_zero
    if same:
        return same, True
    return _coarser(wanted, product, products)


def _coarser(wanted: list[str], product: ProductCycles, products: Products) -> tuple[Cycle | None, bool]:
    """Return the cycle with the longest name that `wanted` refines ("7.9" belongs to "7")."""
    by_name = {cycle.cycle: cycle for cycle in product.cycles}
    for length in range(len(wanted) - 1, 0, -1):
        for separator in (".", "-"):
            name = separator.join(wanted[:length])
            said = products.said.get((product.product, name))
            if said is not None:
                return by_name[said.cycle], said.exact
            if name in by_name:
                return by_name[name], True
    return None, False


def _begins_with(cycle: str, wanted: list[str]) -> bool:
    return re.split(r"[.-]", cycle)[: len(wanted)] == wanted


def _last_day(cycle: Cycle) -> tuple[int, date]:
    """Order cycles by how long support can last: no end published, then the later day."""
    return _open(cycle.end), cycle.end if isinstance(cycle.end, date) else date.min


def _open(end: Milestone) -> int:
    return 1 if end is False else 0
