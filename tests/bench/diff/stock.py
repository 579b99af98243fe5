"""Sentences of policies nobody has: a grammar with its own words, never two runs the same text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

COMPANIES = ("Larkspur", "Quillmere", "Brightwater", "Tamarack", "Osprey Works", "Fernhill Labs")
PRODUCTS = ("Meadow", "Beacon Desk", "Tidepool", "Windrow", "Harbor Notes")
TERMS = (
    ("Personal Data", "Personal Information"),
    ("Service Data", "Platform Data"),
    ("Account Holder", "Registered Member"),
    ("Visitor Records", "Guest Records"),
)
MODALS = ("may", "will", "must", "can", "should")
NUMBERS = ("13", "16", "18", "30", "45", "60", "90", "12", "24", "36", "7", "14")
_AGENTS = (
    """
we|our support staff|our engineers|the security group|our payment processor|an outside auditor
the hosting vendor|our affiliates|a local agent|the fraud desk|our analytics partner|a court
the account owner|your employer|our moderators|the delivery courier|an insurance carrier
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_VERBS = (
    """
collect|store|review|share|process|analyse|archive|combine|encrypt|transfer|inspect|retain|copy
disclose|erase|correct|publish|log|compare|classify|request|verify|receive|sort|record
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_OBJECTS = (
    """
postal addresses|device identifiers|browsing histories|invoice details|voice recordings
calendar entries|uploaded photographs|precise location signals|purchase totals|survey answers
chat transcripts|crash reports|referral codes|login times|language settings|delivery notes
passport numbers|salary figures|medical remarks|warranty claims|seat preferences|dietary wishes
contact lists|tax documents|biometric templates|playback habits|search phrases|gift messages
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_PURPOSES = (
    """
to settle disputes|to improve routing|to detect abuse|for regional reporting|to answer complaints
to measure outages|for product research|to train reviewers|to ship replacements|to calculate fees
for safety recalls|to comply with tax rules|to show nearby events|to prevent duplicate accounts
for internal training|to rank search results|to plan staffing|to honour warranties
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_WHENS = (
    """
when a claim is filed|if a parent asks in writing|after an account is closed|before a refund is paid
while a trial is running|whenever a device is replaced|unless a regulator objects
once the contract ends|as soon as an invoice is overdue|where local rules demand it
if the mailbox is shared|after two failed logins|when an order crosses a border
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_PLACES = (
    """
in the customer portal|at our northern office|within the mobile app|on partner pages
inside the billing archive|in a sealed vault|through the help desk|across our regional centres
in printed letters|on backup tapes|over an encrypted line|in the training environment
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_ADJECTIVES = (
    """
limited|aggregated|recent|incomplete|duplicate|certified|voluntary|seasonal|technical|historic
pseudonymous|regional|optional|sensitive|routine|emergency|unverified|encrypted|outdated|manual
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_TITLES = (
    """
Scope of this notice|What we gather|How it is used|Who receives it|Keeping and erasing|Your choices
Young people|Security measures|Payments and invoices|Messages we send|Location features
Research projects|Partners and vendors|Disputes|Transfers abroad|Automated decisions|Cookies
Accounts of employees|Complaints|Changes of this notice|Events and venues|Public profiles
Devices and logs|Warranty service|Recruiting|Surveys and prizes
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_VENDORS = (
    """
Northgate Mail|Cobalt Hosting|Ironwood Pay|Sable Metrics|Juniper Desk|Rowan Storage|Pinecrest Ads
Halcyon Maps|Bluff Telephony|Copper Search|Vesper Survey|Atlas Courier
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_LANDS = ["Ireland", "Canada", "Japan", "Norway", "Chile", "Kenya", "Poland", "Portugal"]


class Stock:
    """One document's supply of sentences; no two of them say the same."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.company = chance.choice(COMPANIES)
        self.product = chance.choice(PRODUCTS)
        self.term = chance.choice(TERMS)[0]
        self._titles = chance.sample(_TITLES, len(_TITLES))
        self._said: set[str] = set()

    def title(self) -> str:
        """Return a heading that this document does not have yet."""
        if not self._titles:
            self._titles = [f"{self.phrase().capitalize()}" for _ in range(20)]
        return self._titles.pop()

    def phrase(self) -> str:
        """Return what is done to what."""
        pick = self.chance.choice
        return f"{pick(_VERBS)} {pick(_ADJECTIVES)} {pick(_OBJECTS)}"

    def sentence(self) -> str:
        """Return a sentence that this document does not have yet."""
        while True:
            text = self._sentence()
            if text not in self._said:
                self._said.add(text)
                return text

    def _sentence(self) -> str:
        pick, roll = self.chance.choice, self.chance.random
        agent = self.company if roll() < 0.12 else pick(_AGENTS)
        deny = " not" if roll() < 0.15 else ""
        parts = [f"{agent} {pick(MODALS)}{deny} {self.phrase()}"]
        if roll() < 0.45:
            parts.append(f"and {pick(_VERBS)} the {self.term} of {self.product} customers")
        if roll() < 0.7:
            parts.append(pick(_PLACES))
        if roll() < 0.7:
            parts.append(pick(_PURPOSES))
        if roll() < 0.25:
            parts.append(f"for up to {pick(NUMBERS)} {pick(('days', 'weeks', 'months'))}")
        text = " ".join(parts)
        if roll() < 0.4:
            when = pick(_WHENS)
            text = f"{when}, {text}" if roll() < 0.5 else f"{text} {when}"
        return text[0].upper() + text[1:] + "."

    def item(self) -> str:
        pick, roll = self.chance.choice, self.chance.random
        tail = f" {pick(_PURPOSES)}" if roll() < 0.5 else ""
        while True:
            text = f"{pick(_ADJECTIVES)} {pick(_OBJECTS)}{tail} {pick(_PLACES)}"
            if text not in self._said:
                self._said.add(text)
                return text

    def lead_in(self) -> str:
        return self.sentence()[:-1] + ", namely:"

    def rows(self, count: int) -> list[list[str]]:
        """Return vendors with what they do, where, and for how long."""
        names = self.chance.sample(_VENDORS, count)
        pick = self.chance.choice
        return [
            [name, f"{pick(_ADJECTIVES)} {pick(_OBJECTS)}", pick(_LANDS), f"{pick(NUMBERS)} months"]
            for name in names
        ]
