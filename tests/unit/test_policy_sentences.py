"""Where a sentence ends: the traps of legal prose."""

from __future__ import annotations

import pytest

from notifier.policy.sentences import split_sentences

# A vertical bar marks every sentence end that is wanted.
TRAPS = [
    "We comply with rules of the U.S. Department of Commerce.|We renew yearly.",
    "Data stays in the U.S.|We do not move it.",
    "We collect identifiers, e.g. your name, i.e. what you type.|Nothing else.",
    "Example Meetings, Inc. is the controller.|Write to us.",
    "The controller is Example Meetings, Inc.|You may write to us.",
    "See No. 5 and pp. 3 of the annex.|Then ask.",
    "Under Cal. Civ. Code § 1798.83 you may ask.|We answer.",
    "As Cal. Bus. & Prof. Code requires, we say so.|See below.",
    "Sec. 5 applies, as does Art. 6(1)(f) of the law.|Both bind us.",
    "Visit https://www.example.com/a.b?c=d. You may opt out.".replace(". You", ".|You"),
    "Mail privacy@example.com.|We reply within 30 days.",
    "Our officer is J. R. Smith.|Ask her.",
    "Dr. Jones and Ms. Lee decide.|They reply.",
    "We close at 5 p.m. Pacific time.|Call before.",
    "Do you sell data?|No.|Never!",
    "He said “we never sell.”|That holds.",
    "(See Section 5.)|It explains more.",
    "1. Collect only what is needed.",
    "The rate is 12.5 percent, or 3.0 in version 2.1 of it.|So be it.",
    "We keep it for 30 days.|18 is the least age.",
    "Cookies, pixels, etc. are used.|You can refuse.",
    "Cookies, pixels, etc.|We list them below.",
    "Wait...|There is more.",
    "eBay is a partner.|iCloud is another.",
    "This is state of the art.|We test it.",
    "Yahoo! Inc. is a partner.|So is another.",
    "Wir speichern z.B. Namen.|Mehr nicht.",
    "Wir speichern z. B. Namen gem. Art. 17 DSGVO.|Mehr nicht.",
    "Verantwortlich ist die Beispiel GmbH.|Wir antworten.",
    "Siehe Nr. 3, Ziff. 4 und Abs. 2.|Das gilt.",
    "Nous gardons tout, cf. l’art. 5, p. ex. les noms.|Nous ne vendons rien.",
    "L’éditeur est Exemple S.A.|Nous répondons.",
    "El responsable es Ejemplo S.A. de C.V. y su filial.|Puede escribirnos.",
    "Véase el art. 5, núm. 3.|¿Vendemos sus datos?|No.",
    "El responsable es Ejemplo S.A.|Usted puede preguntar.",
    "当社は「販売しません。」と約束します。|削除できます。",
    "我们不出售数据。|您可以删除。",
    "Back to top ▲|2.",
]


@pytest.mark.parametrize("marked", TRAPS)
def test_sentence_ends(marked: str) -> None:
    wanted = [piece.strip() for piece in marked.split("|")]
    text = marked.replace("|", " ") if "。" not in marked else marked.replace("|", "")
    assert [text[a:b] for a, b in split_sentences(text)] == wanted


@pytest.mark.parametrize("marked", TRAPS)
def test_wrapping_moves_no_sentence_end(marked: str) -> None:
    text = marked.replace("|", " ")
    wrapped = text.replace(" ", "\n")
    found = [" ".join(wrapped[a:b].split()) for a, b in split_sentences(wrapped)]
    assert found == [" ".join(text[a:b].split()) for a, b in split_sentences(text)]
