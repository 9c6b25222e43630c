from keras_bvae.benchmark import device


def test_both_rates_are_positive(monkeypatch):
    monkeypatch.setattr(device, "SIDE", 32)
    monkeypatch.setattr(device, "COPIED", 1024)
    found = device.device_limits()
    assert found["tflops"] > 0
    assert found["gb_per_second"] > 0


def test_the_process_takes_some_and_the_processor_no_device_memory():
    peak = device.peak_memory()
    # Python and Keras with a backend: between 50 MB and what any machine has.
    assert 50 < peak["peak_memory_mb"] < 1e6
    assert peak["peak_device_memory_mb"] is None or peak["peak_device_memory_mb"] > 0


def test_a_system_without_the_figure_says_none(monkeypatch):
    monkeypatch.setattr(device, "resource", None)
    assert device.peak_memory()["peak_memory_mb"] is None
