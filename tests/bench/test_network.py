"""Bad networks are bad in the way that was asked for, and the same again for the same seed."""

import pytest

from rooms.audio.bench.network import Impairment, Network, Path

PACKETS = 20_000


def fates(impairment: Impairment, seed: str) -> list[float | None]:
    path = Path(impairment, seed)
    return [path.carry() for _ in range(PACKETS)]


def test_the_same_seed_draws_the_same_network() -> None:
    impairment = Impairment(loss=0.1, spread=0.05, burst=3)
    assert fates(impairment, "1") == fates(impairment, "1")
    assert fates(impairment, "1") != fates(impairment, "2")


def test_a_clean_network_loses_and_delays_nothing() -> None:
    assert set(fates(Impairment(), "1")) == {0.0}


@pytest.mark.parametrize("burst", [1, 4])
def test_as_much_is_lost_as_was_asked_for(burst: float) -> None:
    lost = [fate is None for fate in fates(Impairment(loss=0.1, burst=burst), "1")]
    assert sum(lost) / PACKETS == pytest.approx(0.1, abs=0.015)
    bursts = sum(now and not before for before, now in zip([False, *lost], lost, strict=False))
    independent = 1 / 0.9
    assert sum(lost) / bursts == pytest.approx(max(burst, independent), rel=0.1)


def test_delays_fill_the_spread() -> None:
    delays = [fate for fate in fates(Impairment(spread=0.05), "1") if fate is not None]
    assert len(delays) == PACKETS
    assert min(delays) < 0.001
    assert 0.049 < max(delays) <= 0.05


def test_what_is_lost_does_not_depend_on_the_delay() -> None:
    lost = [fate is None for fate in fates(Impairment(loss=0.1), "1")]
    assert lost == [fate is None for fate in fates(Impairment(loss=0.1, spread=0.05), "1")]


@pytest.mark.parametrize("wrong", [{"loss": 1.0}, {"loss": -0.1}, {"spread": -0.1}])
def test_impossible_networks_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="loss is a share"):
        Impairment(**wrong)


def test_networks_have_names() -> None:
    bad = Impairment(loss=0.1, spread=0.05)
    assert Network().name == "clean"
    assert Network(up=bad).name == "10 % lost + 0–50 ms, up"
    assert Network(down=Impairment(loss=0.05, burst=3)).name == "5 % lost in bursts of 3, down"
    assert Network(up=bad, down=bad).name == "10 % lost + 0–50 ms, both"
