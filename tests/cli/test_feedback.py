"""feedback: stars for a render, and the records carried out and in."""

from pathlib import Path

from tests.cli.conftest import Cli


def test_a_rating_is_listed_exported_and_brought_back(cli: Cli, clip: Path) -> None:
    assert "Nothing" in cli("feedback").out
    cli("render", "--in", clip, "--styles", "identity", "--out", "made.mp4")
    rated = cli("feedback", "rate", "made.mp4", "--source", clip, "--stars", "4", "--note", "calm")
    assert (rated.code, rated.out) == (0, "made.mp4: 4 of 5 stars.\n")
    listed = cli("feedback", "list", "--json").document["records"]
    assert [(row["stars"], row["note"]) for row in listed] == [(4, "calm")]
    assert listed[0]["sample"]["recipe"]["layers"][0]["style"] == "identity"
    assert "calm" in cli("feedback").out
    for name in ("out.json", "out.csv"):
        assert cli("feedback", "export", name).code == 0
        again = cli("feedback", "import", name, "--json").document
        assert (again["added"], again["known"], again["refused"]) == (0, 1, [])
