"""Words whose replacement changes the law of a text: never part of a name that is folded."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


GUARDS = _words(
    "not no never none neither nor nothing nobody cannot without unless except only solely",
    "may might can could shall should will would must ought need cannot won't don't doesn't",
    "all any each every some both either most many few several less least more at up",
    "yes true false always sometimes usually generally",
)
"""Negations, modals, quantifiers."""

_CALENDAR = _words(
    "january february march april may june july august september october november december",
    "jan feb mar apr jun jul aug sep sept oct nov dec",
    "monday tuesday wednesday thursday friday saturday sunday day days week weeks month months",
    "year years hour hours quarter",
)

_INSTRUMENTS = _words(
    "act acts law laws regulation regulations directive directives statute code shield framework",
    "frameworks clauses clause treaty convention principles rule rules order orders amendment",
    "adequacy decision arbitration arbitrator court courts tribunal authority commission",
    "gdpr ccpa cpra dpf scc sccs bcr bcrs hipaa coppa ferpa glba fcra vppa tcpa bipa lgpd pipeda",
    "pdpa popia dpa dsa dma eidas appi pipl cppa ftc ico cnil vcdpa cpa ctdpa iso soc pci",
)
"""Statutes, frameworks and those who enforce them: another one is another set of rights."""

_ROLES_AND_ACTS = _words(
    "controller controllers processor processors subprocessor sub-processor service-provider",
    "consent consents contract legitimate interest interests obligation obligations vital basis",
    "bases sell sells sale sales sold share shares shared sharing disclose disclosure disclosures",
    "transfer transfers store stores retain retention delete deletion collect collection use uses",
    "opt opt-in opt-out in out required optional mandatory voluntary prohibited permitted allowed",
    "granted denied enabled disabled free paid waiver liability indemnity warranty warranties",
    "adult adults child children minor minors parent parents guardian guardians",
)

_PLACES = _words(
    "us u.s usa u.s.a uk u.k eu e.u eea efta un u.n union states kingdom",
    "america europe asia africa",
    "european american british irish german french swiss canadian australian japanese chinese",
    "indian brazilian korean russian mexican austria belgium bulgaria croatia cyprus czechia czech",
    "denmark estonia finland france germany greece hungary ireland italy latvia lithuania",
    "luxembourg malta netherlands poland portugal romania slovakia slovenia spain sweden iceland",
    "liechtenstein norway switzerland canada mexico brazil argentina chile colombia peru japan",
    "china india korea singapore australia zealand israel turkey russia ukraine egypt kenya",
    "nigeria africa england wales scotland jersey guernsey bermuda cayman islands emirates dubai",
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia",
    "hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts",
    "michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey york",
    "carolina dakota ohio oklahoma oregon pennsylvania rhode island tennessee texas utah vermont",
    "virginia washington wisconsin wyoming columbia quebec ontario london dublin berlin paris",
    "luxemburg amsterdam francisco clara county district hong kong taiwan thailand vietnam",
)
"""Where it is kept and which courts decide."""

_FORMS = _words(
    "inc ltd llc llp lp plc corp corporation co company limited gmbh ag sa s.a sas sarl srl bv b.v",
    "nv n.v ab oy aps kft pty pte foundation trust incorporated association e.v ug kg se",
)
"""Another legal form is another legal person."""

LAW_WORDS = GUARDS | _CALENDAR | _INSTRUMENTS | _ROLES_AND_ACTS | _PLACES | _FORMS
