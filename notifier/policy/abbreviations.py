"""Which full stops do not end a sentence: abbreviations by class, as data."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


NEVER_END = _words(
    # Latin and reference words: something always follows
    "e.g eg i.e ie vs v cf viz approx incl excl resp",
    # titles
    "mr mrs ms dr prof hon messrs mme mlle",
    # German, French, Spanish and Dutch
    "z.b u.a d.h bzw vgl nr ggf evtl inkl zzgl bspw gem ggü rn ziff i.s.d i.v.m",
    "p.ex c.-à-d réf apdo núm pág sra dña p.ej n.v b.v",
)
"""The word before the stop, lower case, without the stop: never the last word of a sentence."""

BEFORE_NUMBER = _words("no nos nr num fig figs p pp vol item items n° str cl")
"""No sentence end where a number follows: ``No. 5``, ``pp. 3``."""

MAY_END = _words(
    # legal forms
    "inc ltd corp co llc llp plc lp pty gmbh ag sa s.a s.r.l s.p.a n.a s.à jr sr bros assn dba",
    # places, times, titles
    "etc al u.s u.k e.u u.s.a u.n d.c n.y a.m p.m p.o ph.d b.sc m.sc esq est d.b.a ca gov sen rep",
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun",
    # law: states, codes, reporters, parts of acts ("the state of the art. We …" does end)
    "cal civ colo conn fla ill mass mich minn mo nev ohio okla ore pa tex va wash wis stat rev gen",
    "bus pen fam ins lab ann comp admin reg regs sec secs sect art arts ch chap cl cls para paras",
    "pt sched dir lit abs sog",
    # addresses
    "st ave blvd rd ste apt fl bldg hwy pkwy dept attn tel fax ext str",
)
"""May be the last word: a sentence ends only where an unmistakable sentence starter follows."""

STARTERS = _words(
    "the this that these those we you your our us it its he she they their there here if when",
    "where while whenever as at in on by for from to with without within under upon until unless",
    "after before although because since however therefore further furthermore moreover",
    "additionally also please see a an any all each every some such no not only and or but nor",
    "what which who why how do does did can may must should will would users customers data",
    "personal information is are was were has have had through both neither either most many",
    "other another certain once during except instead in-session nothing something anyone",
    "everyone",
)
"""Lower-cased words that open a sentence when they are capitalised after a full stop."""

STARTERS_ELSEWHERE = _words(
    # German: articles, pronouns and prepositions, which are capitalised nowhere else
    "wir sie ihr ihre ihren es er diese dieser dieses wenn falls sofern soweit für nach bei mit",
    "ohne auf aus eine einen unsere unser der das bitte zudem außerdem darüber hierzu dies daher",
    # French
    "nous vous ils elles il elle ce cette ces le les une notre nos votre vos si pour avec sans",
    "dans lorsque toutefois enfin ainsi aucun aucune tout toute tous",
    # Spanish
    "nosotros usted ustedes el los las nuestro nuestra sus su si cuando también además este esta",
    "estos estas ningún ninguna todo todos para con sin puede podemos",
)
"""The same for German, French and Spanish; words that English names are made of are left out."""

BANG_NAMES = _words("yahoo yum jeopardy joomla")
"""Names that end in an exclamation mark."""
