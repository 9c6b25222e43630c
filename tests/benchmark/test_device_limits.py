from keras_bvae.benchmark import device_limits as limits


def test_both_rates_are_positive(monkeypatch):
    monkeypatch.setattr(limits, "SIDE", 32)
    monkeypatch.setattr(limits, "COPIED", 1024)
    found = limits.device_limits()
    assert found["tflops"] > 0
    assert found["gb_per_second"] > 0
