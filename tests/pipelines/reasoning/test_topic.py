"""A sentence bears on a topic by being worded like the clause, not by sharing words with it."""

import pytest

from averment.pipelines.reasoning.topic import Topic, headed_topic, is_no_clause
from averment.pipelines.reasoning.vocabulary import TOPICS


def topic(name: str) -> Topic:
    return next(topic for topic in TOPICS if topic.name == name)


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("exclusivity", "Supplier grants Buyer the exclusive right to sell the Goods in the Territory."),
        ("convenience termination", "Either party may terminate this Agreement for any reason upon 30 days' notice."),
        ("convenience termination", "This Agreement may be terminated at any time by either party on written notice."),
        ("assignment", "Neither party shall assign any of its rights hereunder without prior written consent."),
        ("notice to end renewal", "It renews yearly unless a party gives notice sixty days before the end of a term."),
        ("licence grant", "Licensor hereby grants to Licensee a non-exclusive licence to use the Marks."),
        ("no solicitation of employees", "For one year neither party shall solicit or hire employees of the other."),
        ("uncapped liability", "The limitations of this Section shall not apply to breach of confidentiality."),
        ("effective date", "This Agreement shall become effective on May 1, 2020."),
        ("covenant not to sue", "Licensee shall not contest the validity of the Marks."),
    ],
)
def test_a_clause_bears_on_its_topic(name: str, clause: str) -> None:
    assert topic(name).bears(clause)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("exclusivity", "The courts of Ghent have exclusive jurisdiction."),
        ("exclusivity", "Licensor grants a non-exclusive licence to use the Marks."),
        ("exclusivity", "Repair is the sole and exclusive remedy."),
        ("convenience termination", "Upon termination for any reason the parties shall settle their accounts."),
        ("convenience termination", "A party may terminate this Agreement by notice if the other becomes insolvent."),
        ("assignment", "This Agreement binds the parties and their permitted successors and assigns."),
        ("notice to end renewal", "A party may terminate upon thirty days' notice of breach to the other."),
        ("no solicitation of employees", "The Agent shall pay its officers, agents, employees and contractors."),
        ("uncapped liability", "Seller shall indemnify Buyer against all losses and liabilities, except for taxes."),
        ("uncapped liability", "Except for vehicles, Lessee carries umbrella liability coverage of $2,000,000."),
        ("effective date", "Refunds are paid within ten days of the effective date of termination."),
        ("covenant not to sue", "Invoices that have not been disputed shall be paid in ten days."),
        ("insurance", "“Insurance” means the cover that Schedule 2 describes."),
        ("insurance", "WHEREAS, Broker sells insurance of all kinds;"),
    ],
)
def test_what_only_shares_words_does_not(name: str, sentence: str) -> None:
    assert not topic(name).bears(sentence)


def test_a_heading_lends_its_topic_to_what_orders_something() -> None:
    insurance = topic("insurance")
    assert insurance.bears("Contractor shall maintain cover of one million dollars.", "12. Insurance")
    assert not insurance.bears("One million dollars each.", "12. Insurance")


def test_definitions_and_recitals_are_no_clauses() -> None:
    assert is_no_clause("1.4 “Affiliate” shall mean any entity under common control.")
    assert is_no_clause("B. WHEREAS, the parties wish to cooperate;")
    assert not is_no_clause("Supplier shall deliver what “Goods” means in Schedule 1.")


def test_a_thing_in_a_list_is_no_clause_and_an_order_in_a_list_is_one() -> None:
    assert is_no_clause("(a) any agreement with a supplier under which that supplier assigns rights to the seller;")
    assert not is_no_clause("(a) any assignment of this Agreement shall be void;")
    assert not is_no_clause("(a) assign this Agreement to a third party;")


def test_a_clause_named_by_its_heading_is_its_own_topic() -> None:
    named = headed_topic('What does the clause headed "Entire Agreement" provide?')
    assert named is not None
    assert named.is_named
    assert named.bears("14.2 Entire Agreement. This is the only agreement.")
    assert named.bears("This document shall replace all others.", "Entire agreement")
    assert not named.bears("Nothing replaces the Entire Agreement section.")
    assert headed_topic("What does the agreement provide?") is None


def test_a_heading_is_taken_word_for_word() -> None:
    named = headed_topic('What does the section "Costs (net) [a+" say?')
    assert named is not None
    assert named.bears("Costs (net) [a+ are shared.")
