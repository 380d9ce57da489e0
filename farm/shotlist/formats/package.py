"""Opens the parts of a workbook file: a zip archive of XML and pictures, of which nothing is believed."""

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from farm.errors import ShotListError

MOST = 1_000_000_000
"""Bytes that all parts may have together once they are unpacked."""
LARGEST_PICTURE = 200_000_000

RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Package:
    """The parts of one workbook by their names; names are only looked up, never written to."""

    def __init__(self, path: Path) -> None:
        """Raises `ShotListError` for an archive that is damaged, or far larger than it looks."""
        self._file = path.name
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise ShotListError(damaged(path.name)) from error
        if sum(each.file_size for each in self._archive.infolist()) > MOST:
            raise ShotListError(
                f"{path.name} unpacks to more than {MOST // 1_000_000:,} MB; "
                "save it anew with smaller pictures"
            )

    def __contains__(self, name: str) -> bool:
        return name in self._archive.NameToInfo

    def close(self) -> None:
        self._archive.close()

    def content(self, name: str) -> bytes:
        """The bytes of a part. Raises `ShotListError` where it cannot be read."""
        try:
            return self._archive.read(name)
        except (KeyError, OSError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError) as error:
            raise ShotListError(damaged(self._file)) from error
        except (
            Exception
        ) as error:  # zlib.error and its kin of other compressions have no common name
            raise ShotListError(damaged(self._file)) from error

    def xml(self, name: str) -> Element | None:
        """A part's XML without entities or anything from elsewhere; None where there is no such part."""
        from defusedxml import DefusedXmlException, ElementTree

        if name not in self:
            return None
        try:
            return ElementTree.fromstring(self.content(name))
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise ShotListError(damaged(self._file)) from error

    def related(self, part: str) -> dict[str, tuple[str, bool]]:
        """What a part refers to by id: another part or an outside address, and whether it is outside."""
        folder, name = posixpath.split(part)
        root = self.xml(f"{folder}/_rels/{name}.rels".lstrip("/"))
        found: dict[str, tuple[str, bool]] = {}
        for each in root.iter(f"{RELATIONS}Relationship") if root is not None else ():
            target, outside = each.get("Target", ""), each.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[each.get("Id", "")] = (target, outside)
        return found

    def size(self, name: str) -> int:
        return self._archive.getinfo(name).file_size


def local(element: Element) -> str:
    """An element's name without its namespace: strict and transitional files differ in that alone."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def each(root: Element | None, name: str) -> Iterator[Element]:
    """All elements of a name, whatever their namespace."""
    for one in root.iter() if root is not None else ():
        if local(one) == name:
            yield one


def reference(element: Element, name: str) -> str:
    """The value of `r:embed` and its like, whatever the namespace."""
    found = (value for key, value in element.attrib.items() if key.rpartition("}")[2] == name)
    return next(found, "")


def damaged(file: str) -> str:
    return f"{file} is damaged, or no workbook in truth; open it in Excel or WPS and save it anew"
