"""A model card with measured figures."""

from llmcourse.analysis.measured_card import FIGURES, SECTIONS, card_as_markdown, measured_card, shown

VALUES = {"parameters": 141_696, "injected skew": 0.6, "learned skew": 0.571, "loss": 0.8, "floor": 0.78}
VALUES |= {"highest exposure": 13.288}


def test_every_section_is_there_and_every_figure_in_its_own():
    card = measured_card(VALUES, {"baker": 0.81, "pilot": 0.18})
    assert tuple(card) == SECTIONS
    for name, section in FIGURES.items():
        assert shown(VALUES[name]) in card[section]
    assert "baker 0.81" in card["quantitative analyses"]


def test_how_figures_are_shown():
    assert [shown(v) for v in (141_696, 0.571, 13.288, 0, 1.0)] == ["141,696", "0.57", "13.29", "0.00", "1.00"]


def test_as_markdown():
    text = card_as_markdown("mine", measured_card(VALUES, {"baker": 0.8}))
    assert text.startswith("# Model card: mine\n") and "**Intended use.**" in text
