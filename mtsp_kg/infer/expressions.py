"""Class expressions and property expressions of OWL 2, as far as rules can be made of them. Imports nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Property:
    """A property, or the inverse of one."""

    name: str
    inverse: bool = False

    def flipped(self) -> Property:
        """Its inverse."""
        return Property(self.name, not self.inverse)


@dataclass(frozen=True)
class Named:
    """A class that has a name."""

    name: str


@dataclass(frozen=True)
class Intersection:
    """What belongs to each of several classes."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Union:
    """What belongs to one of several classes."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Complement:
    """What does not belong to a class."""

    of: Expression


@dataclass(frozen=True)
class OneOf:
    """Nothing but the individuals listed."""

    members: tuple[str, ...]


@dataclass(frozen=True)
class Some:
    """What a property relates to at least one thing of a class."""

    property: Property
    filler: Expression


@dataclass(frozen=True)
class Only:
    """What a property relates to nothing outside a class."""

    property: Property
    filler: Expression


@dataclass(frozen=True)
class Value:
    """What a property relates to one given thing or literal."""

    property: Property
    value: str


@dataclass(frozen=True)
class Self:
    """What a property relates to itself."""

    property: Property


@dataclass(frozen=True)
class Cardinality:
    """What a property relates to at least, at most or exactly so many things of a class."""

    bound: str
    number: int
    property: Property
    filler: Expression


@dataclass(frozen=True)
class DataRange:
    """A datatype, or an expression over datatypes; `name` is the datatype's where it has one."""

    name: str


Expression = Named | Intersection | Union | Complement | OneOf | Some | Only | Value | Self | Cardinality | DataRange
