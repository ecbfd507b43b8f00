"""What is planted stands where it is said to stand, is the same for a seed, and has its check digits."""

from averment.compliance.pii.checksums import is_card, is_german_tax_id, is_iban
from averment.compliance.pii.kinds import Kind
from averment.evaluation.planted import plant_into, planted_sentences


def test_a_seed_plants_the_same_and_another_plants_otherwise() -> None:
    first, again, other = (list(planted_sentences(30, "de", seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_kind_of_a_person_is_planted_with_its_check_digit_and_half_the_texts_hold_none() -> None:
    kinds = set()
    for language in ("en", "de"):
        texts = list(planted_sentences(44, language, seed=3))
        assert sum(not text.plants for text in texts) == len(texts) // 2
        for text in texts:
            assert "{" not in text.text
            for plant in text.plants:
                value = text.text[plant.start : plant.end].replace(" ", "")
                kinds.add(plant.kind)
                assert plant.kind is not Kind.IBAN or is_iban(value)
                assert plant.kind is not Kind.CARD or is_card(value)
                is_number = plant.kind is Kind.TAX_NUMBER and "/" not in value
                assert not is_number or is_german_tax_id(value)
    assert kinds == {kind for kind in Kind if kind.is_personal}


def test_a_document_keeps_its_text_around_what_is_planted() -> None:
    document = "\n\n".join(f"Clause {number}. The rent is due." for number in range(50)) + "\n"
    made = plant_into(document, "en", n=8, seed=0)
    assert not made.is_ours
    assert made.plants
    rest = made.text
    for paragraph in document.split("\n\n"):
        assert paragraph.strip() in rest
        rest = rest[rest.index(paragraph.strip()) + len(paragraph.strip()) :]
    names = [made.text[plant.start : plant.end] for plant in made.plants if plant.kind is Kind.PERSON]
    assert all(name[0].isupper() and "\n" not in name for name in names)
