"""Texts on which arithmetics are compared: general sentences, short and long, in English and German, with figures.

They are nobody's documents. Passages of one to a dozen sentences are put together from them, about as long as chunks
are, some longer than a model reads.
"""

from typing import Final

_SENTENCES: Final = (
    "The tenant shall give the landlord written notice of at least sixty days before the end of the term.",
    "Net revenue for the three months ended June 30 was $412.6 million, an increase of 8% over the prior year.",
    "Cut the onions finely, fry them in butter until they are golden, and stir in the stock little by little.",
    "Item | 2021 | 2020 | Cash and equivalents | 1,204 | 998 | Inventories | 310 | 287 | Total | 2,117 | 1,954",
    "Der Verkäufer haftet nicht für Schäden, die durch unsachgemäße Lagerung entstanden sind.",
    "IN WITNESS WHEREOF, the parties have executed this Agreement. By: ____ Name: ____ Title: ____ Date: ____",
    "The harbour froze over for the first time in forty years, and children walked across to the island.",
    "Either party may terminate this Agreement if the other becomes insolvent or makes an assignment for creditors.",
    "Die Umsatzerlöse stiegen im zweiten Quartal um 4,2 % auf 1.318 Mio. EUR, vor allem wegen höherer Preise.",
    "(b) any tax, levy, duty or charge imposed by a public authority, whether or not it existed at the date hereof;",
    "A pendulum of twice the length takes about one and four tenths of the time for each swing.",
    "The Licensee shall keep complete books and records and permit the Licensor's auditors to inspect them yearly.",
    "Gerichtsstand für alle Streitigkeiten aus diesem Vertrag ist, soweit zulässig, der Sitz des Auftragnehmers.",
    "We may not be able to obtain additional financing on acceptable terms, which could harm our business.",
    "This Agreement is governed by the laws of the place in which the goods are delivered, without its conflict rules.",
    "The committee met on 14 March 2019 at 10:30, approved the minutes, and adjourned until the autumn.",
    "Supplier warrants that the products conform to the specifications for a period of twenty-four (24) months.",
    "Goodwill is tested for impairment annually and whenever events suggest that its value may not be recoverable.",
    "Bees find their way by the sun, and tell each other by dancing how far the flowers are.",
    "No failure or delay in exercising any right under this Agreement shall operate as a waiver of that right.",
    "Die Kündigung bedarf der Schriftform; eine Frist von drei Monaten zum Ende des Quartals ist einzuhalten.",
    "Operating lease cost was $18.3 million, $17.9 million and $16.2 million in fiscal 2022, 2021 and 2020.",
    "Neither party is liable for a delay caused by fire, flood, war, strike or any cause beyond its control.",
    "She tuned the piano twice a year, in spring and in autumn, and never took more than an hour over it.",
    "Exhibit 10.4",
    "The insurer pays the smaller of the cost of repair and the value of the thing insured on the day of the loss.",
    "Recipient shall not disclose Confidential Information to any third party without prior written consent.",
    "Der Zug nach Norden fährt um 7.42 Uhr von Gleis 3 und hält unterwegs an neun kleinen Bahnhöfen.",
    "Basic earnings per share are net income divided by the weighted average number of shares outstanding.",
    '1.17 "Territory" means the countries listed in Schedule C, as amended by the parties from time to time.',
)
# Sentences of each passage, again and again.
_LENGTHS: Final = (4, 1, 6, 2, 5, 9, 3, 14)
_N_TEXTS: Final = 48
# Shares no factor with the number of sentences: passages begin in different places.
_STEP: Final = 7


def trial_texts() -> list[str]:
    """Return the passages, always the same."""
    texts = []
    place = 0
    for number in range(_N_TEXTS):
        length = _LENGTHS[number % len(_LENGTHS)]
        texts.append(" ".join(_SENTENCES[(place + step) % len(_SENTENCES)] for step in range(length)))
        place += _STEP
    return texts
