"""feedback: stars for a render, and the records carried out and in."""

from datetime import UTC, datetime
from pathlib import Path

from feedback.quality import Measurement, QualityLog
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


def test_the_quality_of_looks_is_watched(cli: Cli, clip: Path) -> None:
    assert "No render was measured yet" in cli("feedback", "quality").out
    command = ("render", "--in", clip, "--styles", "pencil", "--metrics")
    assert cli(*command).code == 0
    said = cli("feedback", "quality").out
    assert "Too little was measured of pencil to tell: 1 recent and 0 earlier clips" in said
    told = cli("feedback", "quality", "--json").document
    [look], [version] = told["looks"], told["versions"]
    assert (look["look"], look["enough"], look["warning"]) == ("pencil", False, "")
    assert (version["look"], version["renders"], version["clips"]) == ("pencil", 1, 1)
    assert version["values"].keys() >= {"edge_coherence", "flicker"}
    log = QualityLog()
    for place in range(20):  # other clips, and then worse ones
        log.add(Measurement(look="pencil", version="1", source=f"{place}", made=datetime.now(UTC),
                            values={"flicker": 9.0 if place > 8 else 1 + place / 10}))
    assert "! pencil flickers more than it did" in cli("feedback", "quality").out
